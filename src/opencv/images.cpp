// The plug-in for EXR: OpenCV's types and exceptions stop here.

#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>

#include <cstdint>
#include <iostream>

#include "image/alpha.h"
#include "image/plugin.h"
#include "qsample/error.h"

namespace qsample::plugin {
namespace {

Planes<float> planes_of(const cv::Mat& mat) {
  const auto channels = static_cast<std::size_t>(mat.channels());
  std::vector<float> samples;
  samples.reserve(mat.total() * channels);
  for (int y = 0; y < mat.rows; ++y) {
    const auto* row = mat.ptr<float>(y);
    samples.insert(samples.end(), row, row + static_cast<std::size_t>(mat.cols) * channels);
  }
  // OpenCV's colours come as B, G, R.
  if (channels >= 3) {
    for (std::size_t i = 0; i < samples.size(); i += channels)
      std::swap(samples[i], samples[i + 2]);
  }
  if (channels < 4) return {std::move(samples), {}};
  Planes<float> planes = split_alpha(samples, 3);
  divide_by_alpha(planes, 3);
  return planes;
}

Decoded decode(Bytes file, const DecodeOptions& options) {
  check_frame(1, options);
  const cv::Mat bytes(1, static_cast<int>(file.size()), CV_8U, const_cast<std::byte*>(file.data()));
  cv::Mat mat;
  try {
    mat = cv::imdecode(bytes, cv::IMREAD_UNCHANGED);
  } catch (const cv::Exception& e) {
    throw Error("OpenCV refuses it: " + e.err);
  }
  if (mat.empty()) throw Error("it is damaged, or of a kind that OpenCV does not read");
  if (mat.depth() != CV_32F) throw Error("its samples are not floats");
  if (mat.channels() == 2 || mat.channels() > 4) throw Error("it has an odd number of channels");

  Image image;
  image.width = mat.cols;
  image.height = mat.rows;
  image.channels = mat.channels() == 1 ? 1 : 3;
  image.planes = planes_of(mat);
  return {std::move(image)};
}

cv::Mat mat_of(const Image& image) {
  const auto& planes = std::get<Planes<float>>(image.planes);
  // A grey image with alpha becomes RGBA: OpenCV writes no two channels.
  const bool alpha = !planes.alpha.empty();
  const int channels = alpha ? 4 : image.channels;
  cv::Mat mat(image.height, image.width, CV_MAKETYPE(CV_32F, channels));
  const auto stride = static_cast<std::size_t>(image.channels);
  std::size_t i = 0;
  for (int y = 0; y < image.height; ++y) {
    auto* to = mat.ptr<float>(y);
    for (int x = 0; x < image.width; ++x, ++i) {
      const float* from = planes.colour.data() + i * stride;
      if (channels == 1) {
        *to++ = from[0];
        continue;
      }
      for (const std::size_t c : {stride - 1, stride / 2, std::size_t{0}})
        *to++ = alpha ? multiplied_by_alpha(from[c], planes.alpha[i]) : from[c];
      if (alpha) *to++ = planes.alpha[i];
    }
  }
  return mat;
}

void encode(const Image& image, const EncodeOptions& /*options*/, const Sink& sink) {
  const std::vector<int> parameters = {cv::IMWRITE_EXR_TYPE, cv::IMWRITE_EXR_TYPE_FLOAT};
  std::vector<unsigned char> bytes;
  try {
    if (!cv::imencode(".exr", mat_of(image), bytes, parameters))
      throw Error("OpenCV can't encode it");
  } catch (const cv::Exception& e) {
    throw Error("OpenCV can't encode it: " + e.err);
  }
  sink(std::as_bytes(std::span(bytes)));
}

constexpr Plugin kPlugin = {decode, encode};

}  // namespace
}  // namespace qsample::plugin

extern "C" const qsample::plugin::Plugin* qsample_plugin() {
  // Files are in parallel already, and OpenCV's own log, some of it on std::cerr, is not for
  // qsample's users.
  std::cerr.setstate(std::ios_base::failbit);
  cv::setNumThreads(1);
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  return &qsample::plugin::kPlugin;
}
