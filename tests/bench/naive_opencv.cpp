// What one writes with OpenCV in a few minutes: one frame, or all of a trajectory.
//   naive_opencv INPUT T OUTPUT      naive_opencv INPUT FOLDER
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

namespace {

constexpr int kSteps = 1000;

// alpha_bar of DDPM's linear betas.
std::vector<double> linear_alpha_bar() {
  std::vector<double> alpha_bar = {1};
  for (int t = 1; t <= kSteps; ++t) {
    const double beta = 1e-4 + (0.02 - 1e-4) * (t - 1) / (kSteps - 1);
    alpha_bar.push_back(alpha_bar.back() * (1 - beta));
  }
  return alpha_bar;
}

cv::Mat noised(const cv::Mat& clean, double alpha_bar) {
  cv::Mat x;
  clean.convertTo(x, CV_32F, 2.0 / 255, -1);
  cv::Mat eps(x.size(), x.type());
  cv::randn(eps, 0, 1);
  cv::addWeighted(x, std::sqrt(alpha_bar), eps, std::sqrt(1 - alpha_bar), 0, x);
  cv::Mat pixels;
  x.convertTo(pixels, CV_8U, 127.5, 127.5);
  return pixels;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const cv::Mat clean = cv::imread(argv[1], cv::IMREAD_COLOR);
  if (clean.empty()) return 1;
  const auto alpha_bar = linear_alpha_bar();
  if (argc == 4) {
    return cv::imwrite(argv[3], noised(clean, alpha_bar.at(std::stoul(argv[2])))) ? 0 : 1;
  }
  for (int t = 0; t <= kSteps; ++t) {
    char name[32];
    std::snprintf(name, sizeof name, "/t%04d.png", t);
    cv::imwrite(argv[2] + std::string(name), noised(clean, alpha_bar[static_cast<std::size_t>(t)]));
  }
  return 0;
}
