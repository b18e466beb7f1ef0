// The module that scales and draws by OpenCV: its types and exceptions stop in this file.

#include "opencv/drawing/drawing_module.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "opencv/drawing/smooth_resize.h"
#include "qsample/error.h"

namespace qsample {
namespace {

// Channels that every filter of OpenCV takes at once.
constexpr int kTogether = 4;
// Bits of a pixel's fraction in the places of lines.
constexpr int kFraction = 8;

int interpolation(ViewFilter filter) {
  switch (filter) {
    case ViewFilter::area: return cv::INTER_AREA;
    case ViewFilter::linear: return cv::INTER_LINEAR;
    case ViewFilter::cubic: return cv::INTER_CUBIC;
    case ViewFilter::lanczos: return cv::INTER_LANCZOS4;
    case ViewFilter::automatic:
    case ViewFilter::nearest: break;
  }
  return cv::INTER_NEAREST;
}

template <class T>
cv::Mat mat_over(std::span<const T> samples, int width, int height, int channels) {
  return {height, width, CV_MAKETYPE(cv::DataType<T>::depth, channels),
          const_cast<T*>(samples.data())};
}

template <class T>
void resize(std::span<const T> from, int width, int height, std::span<T> to, int to_width,
            int to_height, int channels, ViewFilter filter) {
  const cv::Mat source = mat_over<T>(from, width, height, channels);
  cv::Mat target = mat_over<T>(to, to_width, to_height, channels);
  try {
    if (channels <= kTogether) {
      cv::resize(source, target, target.size(), 0, 0, interpolation(filter));
      return;
    }
    cv::Mat plane;
    for (int c = 0; c < channels; ++c) {
      cv::extractChannel(source, plane, c);
      cv::Mat scaled;
      cv::resize(plane, scaled, target.size(), 0, 0, interpolation(filter));
      cv::insertChannel(scaled, target, c);
    }
  } catch (const cv::Exception& e) {
    throw Error("OpenCV can't scale it: " + e.err);
  }
}

// A line is drawn this many times larger, then scaled down: any width, and smooth.
constexpr int kFiner = 4;
// That much of a smooth line of OpenCV's lies outside of its thickness.
constexpr double kFringe = 1.7;

void line(std::span<std::uint8_t> rgb, int width, int height, std::span<const Point> points,
          double line_width, Colour colour) {
  cv::Mat picture(height, width, CV_8UC3, rgb.data());
  const double reach = line_width / 2 + 1;
  cv::Rect2d box(points.front().x, points.front().y, 0, 0);
  for (const auto& [x, y] : points) box |= cv::Rect2d(x - reach, y - reach, 2 * reach, 2 * reach);
  const cv::Rect where = cv::Rect(cv::Point(cvFloor(box.x), cvFloor(box.y)),
                                  cv::Point(cvCeil(box.br().x), cvCeil(box.br().y))) &
                         cv::Rect(0, 0, width, height);
  if (where.empty()) return;
  // OpenCV places a pixel's middle at whole numbers.
  const auto fixed = [](double place) {
    return static_cast<int>(std::lround((place * kFiner - 0.5) * (1 << kFraction)));
  };
  std::vector<cv::Point> places;
  places.reserve(points.size());
  for (const auto& [x, y] : points) places.emplace_back(fixed(x - where.x), fixed(y - where.y));
  cv::Mat fine = cv::Mat::zeros(where.height * kFiner, where.width * kFiner, CV_8U);
  const int thickness = std::max(1, static_cast<int>(std::lround(line_width * kFiner - kFringe)));
  cv::polylines(fine, places, false, cv::Scalar(255), thickness, cv::LINE_AA, kFraction);
  cv::Mat share;
  cv::resize(fine, share, where.size(), 0, 0, cv::INTER_AREA);
  for (int y = 0; y < where.height; ++y) {
    auto* row = picture.ptr<cv::Vec3b>(where.y + y) + where.x;
    const auto* shares = share.ptr<std::uint8_t>(y);
    for (int x = 0; x < where.width; ++x) {
      row[x][0] = blended(row[x][0], colour.red, shares[x]);
      row[x][1] = blended(row[x][1], colour.green, shares[x]);
      row[x][2] = blended(row[x][2], colour.blue, shares[x]);
    }
  }
}

}  // namespace
}  // namespace qsample

extern "C" const void* qsample_plugin() {
  cv::setNumThreads(1);
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  static const std::string version = "OpenCV " + cv::getVersionString();
  static const qsample::Drawing drawing = {
      {qsample::resize<std::uint8_t>, qsample::resize<std::uint16_t>, qsample::resize<float>,
       qsample::resize<double>},
      {qsample::smooth_resize<std::uint8_t>, qsample::smooth_resize<std::uint16_t>,
       qsample::smooth_resize<float>, qsample::smooth_resize<double>},
      qsample::line,
      version.c_str()};
  return &drawing;
}
