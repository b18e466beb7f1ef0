#include "opencv/mat.h"

#include <cstddef>
#include <cstdint>

#include "qsample/error.h"

namespace qsample {
namespace {

template <class T>
Planes<T> planes_of(const cv::Mat& mat) {
  const auto channels = static_cast<std::size_t>(mat.channels());
  const std::size_t colours = channels == 1 ? 1 : 3;
  Planes<T> planes;
  planes.colour.reserve(mat.total() * colours);
  if (channels > colours) planes.alpha.reserve(mat.total());
  for (int y = 0; y < mat.rows; ++y) {
    const T* from = mat.ptr<T>(y);
    for (int x = 0; x < mat.cols; ++x, from += channels) {
      for (std::size_t c = colours; c-- > 0;) planes.colour.push_back(from[c]);
      if (channels > colours) planes.alpha.push_back(from[colours]);
    }
  }
  return planes;
}

template <class T>
void fill(cv::Mat& mat, const Planes<T>& planes, std::size_t stride) {
  const auto channels = static_cast<std::size_t>(mat.channels());
  std::size_t i = 0;
  for (int y = 0; y < mat.rows; ++y) {
    T* to = mat.ptr<T>(y);
    for (int x = 0; x < mat.cols; ++x, ++i) {
      const T* from = planes.colour.data() + i * stride;
      if (channels == 1) {
        *to++ = from[0];
        continue;
      }
      for (const std::size_t c : {stride - 1, stride / 2, std::size_t{0}}) *to++ = from[c];
      if (channels == 4) *to++ = planes.alpha[i];
    }
  }
}

}  // namespace

Image image_of(const cv::Mat& mat) {
  if (mat.channels() == 2 || mat.channels() > 4) throw Error("it has an odd number of channels");
  Image image;
  image.width = mat.cols;
  image.height = mat.rows;
  image.channels = mat.channels() == 1 ? 1 : 3;
  switch (mat.depth()) {
    case CV_8U: image.planes = planes_of<std::uint8_t>(mat); break;
    case CV_16U: image.planes = planes_of<std::uint16_t>(mat); break;
    case CV_32F: image.planes = planes_of<float>(mat); break;
    default: throw Error("its samples are of a kind that is not read");
  }
  return image;
}

cv::Mat mat_of(const Image& image) {
  const int depth = image.depth() == 8 ? CV_8U : image.depth() == 16 ? CV_16U : CV_32F;
  cv::Mat mat(image.height, image.width,
              CV_MAKETYPE(depth, image.has_alpha() ? 4 : image.channels));
  const auto stride = static_cast<std::size_t>(image.channels);
  std::visit([&](const auto& planes) { fill(mat, planes, stride); }, image.planes);
  return mat;
}

}  // namespace qsample
