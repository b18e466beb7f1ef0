// Images as OpenCV has them, and back.
#pragma once

#include <opencv2/core.hpp>

#include "qsample/image.h"

namespace qsample {

/// A cv::Mat of CV_8U, CV_16U or CV_32F with 1, 3 or 4 channels (B, G, R, alpha) as an Image with
/// the very same samples. Throws Error for another one.
[[nodiscard]] Image image_of(const cv::Mat& mat);

/// The reverse. A grey image with alpha becomes B, G, R and alpha: OpenCV writes no two channels.
[[nodiscard]] cv::Mat mat_of(const Image& image);

}  // namespace qsample
