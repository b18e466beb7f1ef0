// Noises a cv::Mat with the installed library, as the README shows.
#include <cstdio>
#include <opencv2/core.hpp>

#include "qsample/opencv.h"

int main() {
  const auto schedule = qsample::make_schedule({.name = "linear", .steps = 1000});
  const cv::Mat image(4, 6, CV_8UC3, cv::Scalar(10, 100, 200));
  const cv::Mat clean = qsample::q_sample(image, schedule.mix(0), {.seed = 42, .step = 0});
  if (cv::norm(image, clean, cv::NORM_INF) != 0) return 1;
  const cv::Mat noised = qsample::q_sample(image, schedule.mix(250), {.seed = 42, .step = 0});
  if (noised.type() != CV_8UC3 || cv::norm(image, noised, cv::NORM_INF) == 0) return 1;
  std::puts("noised a cv::Mat");
  return 0;
}
