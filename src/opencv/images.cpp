// The plug-in that reads and writes files by OpenCV: its types and exceptions stop in this folder.

#include <cstdint>
#include <iostream>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>

#include "image/alpha.h"
#include "image/layout.h"
#include "image/plugin.h"
#include "opencv/mat.h"
#include "qsample/error.h"

namespace qsample::plugin {
namespace {

Decoded decode(Bytes file, const DecodeOptions& options) {
  check_frame(1, options);
  if (file.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw Error("it has more bytes than OpenCV takes");
  }
  const cv::Mat bytes(1, static_cast<int>(file.size()), CV_8U, const_cast<std::byte*>(file.data()));
  cv::Mat mat;
  try {
    mat = cv::imdecode(bytes, cv::IMREAD_UNCHANGED);
  } catch (const cv::Exception& e) {
    throw Error("OpenCV refuses it: " + e.err);
  }
  if (mat.empty()) throw Error("it is damaged, or of a kind that OpenCV does not read");
  Image image = image_of(mat);
  mat.release();
  // The one format of floats with alpha is EXR, whose colours are multiplied by it.
  if (auto* floats = std::get_if<Planes<float>>(&image.planes)) divide_by_alpha(*floats, 3);
  return {std::move(image)};
}

// Multiplies colours by alpha, as EXR has them.
void multiply_by_alpha(cv::Mat& mat) {
  if (mat.channels() != 4) return;
  for (int y = 0; y < mat.rows; ++y) {
    auto* row = mat.ptr<cv::Vec4f>(y);
    for (int x = 0; x < mat.cols; ++x) {
      for (int c = 0; c < 3; ++c) row[x][c] = multiplied_by_alpha(row[x][c], row[x][3]);
    }
  }
}

void encode(const Image& image, const EncodeOptions& /*options*/, const Sink& sink) {
  const std::vector<int> parameters = {cv::IMWRITE_EXR_TYPE, cv::IMWRITE_EXR_TYPE_FLOAT};
  cv::Mat mat = mat_of(image);
  multiply_by_alpha(mat);
  std::vector<unsigned char> bytes;
  try {
    if (!cv::imencode(".exr", mat, bytes, parameters)) throw Error("OpenCV can't encode it");
  } catch (const cv::Exception& e) {
    throw Error("OpenCV can't encode it: " + e.err);
  }
  sink(std::as_bytes(std::span(bytes)));
}

}  // namespace
}  // namespace qsample::plugin

extern "C" const void* qsample_plugin() {
  // Files are in parallel already, and OpenCV's own log, some of it on std::cerr, is not for
  // qsample's users.
  std::cerr.setstate(std::ios_base::failbit);
  cv::setNumThreads(1);
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  static const std::string version = "OpenCV " + cv::getVersionString();
  static const qsample::plugin::Plugin plugin = {qsample::plugin::decode, qsample::plugin::encode,
                                                 version.c_str()};
  return &plugin;
}
