// qsample/opencv.h against the forward process on plain arrays, and against the built program.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "files.h"
#include "pictures.h"
#include "qsample/opencv.h"
#include "qsample/pixels.h"
#include "temporary_folder.h"

namespace qsample {
namespace {

constexpr int kDepths[] = {CV_8U, CV_16U, CV_32F};

// The image as OpenCV has it.
cv::Mat mat_of(const Image& image) {
  const int alpha = image.has_alpha() ? 1 : 0;
  const int depth = image.depth() == 8 ? CV_8U : image.depth() == 16 ? CV_16U : CV_32F;
  cv::Mat mat(image.height, image.width, CV_MAKETYPE(depth, image.channels + alpha));
  std::visit(
      [&]<class T>(const Planes<T>& planes) {
        const auto channels = static_cast<std::size_t>(image.channels);
        T* to = mat.ptr<T>();
        for (std::size_t i = 0; i < image.pixels(); ++i) {
          for (std::size_t c = channels; c-- > 0;) *to++ = planes.colour[i * channels + c];
          if (alpha != 0) *to++ = planes.alpha[i];
        }
      },
      image.planes);
  return mat;
}

// The same pixels, as part of a larger image: rows that do not follow each other.
cv::Mat part_of_larger(const cv::Mat& mat) {
  cv::Mat larger(mat.rows + 3, mat.cols + 5, mat.type(), cv::Scalar::all(1));
  cv::Mat part = larger(cv::Rect(2, 1, mat.cols, mat.rows));
  mat.copyTo(part);
  return part;
}

bool same(const cv::Mat& a, const cv::Mat& b) {
  if (a.type() != b.type() || a.size() != b.size()) return false;
  for (int y = 0; y < a.rows; ++y) {
    if (!std::equal(a.ptr(y), a.ptr(y) + static_cast<std::size_t>(a.cols) * a.elemSize(), b.ptr(y)))
      return false;
  }
  return true;
}

Image test_image(int depth, int channels, bool alpha) {
  return depth == CV_8U    ? picture<std::uint8_t>(37, 29, channels, alpha)
         : depth == CV_16U ? picture<std::uint16_t>(37, 29, channels, alpha)
                           : picture<float>(37, 29, channels, alpha);
}

template <class T>
std::vector<float> as_x(const std::vector<T>& samples) {
  std::vector<float> x(samples.begin(), samples.end());
  if constexpr (!std::is_floating_point_v<T>) pixels_to_x(samples, x);
  return x;
}

template <class To>
std::vector<To> as_samples(const std::vector<float>& x, Range range) {
  std::vector<To> samples(x.size());
  if constexpr (std::is_floating_point_v<To>) {
    samples.assign(x.begin(), x.end());
  } else {
    (void)x_to_pixels(x, samples, range);
  }
  return samples;
}

// Alpha as 8, 16 bits or 0..1.
template <class To, class From>
std::vector<To> scaled_alpha(const std::vector<From>& alpha) {
  const auto most = []<class T>(T) {
    return std::is_same_v<T, float> ? 1.0 : double{std::numeric_limits<T>::max()};
  };
  std::vector<To> out;
  for (const From v : alpha) {
    double value = std::clamp<double>(v, 0, most(From{})) * most(To{}) / most(From{});
    if (std::is_same_v<To, From>) value = v;
    out.push_back(static_cast<To>(std::is_same_v<To, float> ? value : std::nearbyint(value)));
  }
  return out;
}

// x_t by the functions on arrays, as the whole.
template <class To>
Image noised(const Image& image, Mix mix, std::span<const float> eps, Range range) {
  Image out{image.width, image.height, image.channels, Planes<To>()};
  std::visit(
      [&](const auto& from) {
        std::vector<float> x = as_x(from.colour);
        q_sample(x, eps, mix, x);
        out.planes = Planes<To>{as_samples<To>(x, range), scaled_alpha<To>(from.alpha)};
      },
      image.planes);
  return out;
}

Image noised(const Image& image, Mix mix, std::span<const float> eps, const MatOptions& options) {
  switch (options.depth) {
    case CV_8U: return noised<std::uint8_t>(image, mix, eps, options.range);
    case CV_16U: return noised<std::uint16_t>(image, mix, eps, options.range);
    default: return noised<float>(image, mix, eps, options.range);
  }
}

const NoiseSchedule& schedule() {
  static const NoiseSchedule made = make_schedule({.name = "linear", .steps = 1000});
  return made;
}

TEST(Mat, HasTheSamplesOfTheArrays) {
  constexpr NoiseKey kKey{7, 0};
  const Mix mix = schedule().mix(250);
  for (const int from : kDepths) {
    for (const int to : kDepths) {
      for (const int channels : {1, 3}) {
        for (const bool alpha : {false, true}) {
          SCOPED_TRACE(testing::Message() << from << " to " << to << ", " << channels << alpha);
          const Image image = test_image(from, channels, alpha);
          std::vector<float> eps(image.samples());
          gaussian_noise(kKey, 0, eps);
          const MatOptions options{to, {-1.5F, 2}};
          const cv::Mat expected = mat_of(noised(image, mix, eps, options));
          const cv::Mat mat = mat_of(image);
          EXPECT_TRUE(same(q_sample(mat, mix, kKey, options), expected));
          const cv::Mat part = part_of_larger(mat);
          ASSERT_FALSE(part.isContinuous());
          EXPECT_TRUE(same(q_sample(part, mix, kKey, options), expected));
          EXPECT_TRUE(same(part, mat));
          if (from == to) {
            EXPECT_EQ(q_sample(mat, mix, kKey).type(), mat.type());
          }
        }
      }
    }
  }
}

TEST(Mat, FramesOfAPathAreThoseOfItsVisit) {
  const Image image = test_image(CV_8U, 3, true);
  const cv::Mat part = part_of_larger(mat_of(image));
  const std::vector<int> ts = {0, 1, 500, 1000};
  for (const PathKind kind : {PathKind::shared, PathKind::markov, PathKind::independent}) {
    const PhiloxNoise noise(3);
    const NoisePath path(schedule(), noise, kind);
    std::vector<cv::Mat> expected;
    path.visit(ts, 0, image.samples(), [&](int /*t*/, Mix mix, std::span<const float> eps) {
      expected.push_back(mat_of(noised(image, mix, eps, MatOptions{CV_8U})));
    });
    std::vector<int> seen;
    visit_frames(part, path, ts, [&](int t, const cv::Mat& frame) {
      ASSERT_LT(seen.size(), expected.size());
      EXPECT_TRUE(same(frame, expected[seen.size()])) << path_name(kind) << " t = " << t;
      EXPECT_TRUE(same(q_sample(part, path, t), frame));
      seen.push_back(t);
    });
    EXPECT_EQ(seen, ts);
    EXPECT_TRUE(same(expected.front(), part));  // x_0
  }
}

TEST(Mat, RefusesWhatIsNoImage) {
  const Mix mix = schedule().mix(1);
  EXPECT_THROW((void)q_sample(cv::Mat(), mix, {0, 0}), InvalidArgument);
  EXPECT_THROW((void)q_sample(cv::Mat(2, 2, CV_8UC(5)), mix, {0, 0}), InvalidArgument);
  for (const int depth : {CV_8S, CV_16S, CV_32S, CV_64F}) {
    EXPECT_THROW((void)q_sample(cv::Mat::zeros(2, 2, depth), mix, {0, 0}), InvalidArgument);
    EXPECT_THROW((void)q_sample(cv::Mat::zeros(2, 2, CV_8U), mix, {0, 0}, {.depth = depth}),
                 InvalidArgument);
  }
  const std::array sides = {2, 2, 2};
  EXPECT_THROW((void)q_sample(cv::Mat::zeros(3, sides.data(), CV_8U), mix, {0, 0}),
               InvalidArgument);
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    const cv::Mat floats(2, 2, CV_32FC3, cv::Scalar::all(bad));
    EXPECT_THROW((void)q_sample(floats, mix, {0, 0}, {.depth = CV_8U}), InvalidArgument);
  }
  const PhiloxNoise noise(0);
  const NoisePath path(schedule(), noise, PathKind::shared);
  EXPECT_THROW((void)q_sample(cv::Mat::zeros(2, 2, CV_8U), path, 1001), InvalidArgument);
}

// The bytes of the program's PNG: of grey, of colours, with and without alpha, of both depths.
TEST(Mat, IsWhatTheProgramWrites) {
  const TemporaryFolder folder;
  const std::string in = folder / "in.png";
  const std::string out = folder / "out.png";
  for (const int depth : {CV_8U, CV_16U}) {
    for (const int channels : {1, 3}) {
      for (const bool alpha : {false, true}) {
        for (const PathKind kind : {PathKind::shared, PathKind::markov}) {
          const Image image = test_image(depth, channels, alpha);
          write_file(in, encoded(image, kPng, {.extension = ".png"}), true);
          std::string command = QSAMPLE_PROGRAM " noise -q -f ";
          command.append(in).append(" -o ").append(out);
          command.append(" -t 321 --seed 5 --path ").append(path_name(kind));
          ASSERT_EQ(std::system(command.c_str()), 0) << command;
          const cv::Mat written = mat_of(decode_image(read_file(out), out));
          const PhiloxNoise noise(5);
          const NoisePath path(schedule(), noise, kind);
          EXPECT_TRUE(same(q_sample(mat_of(image), path, 321), written)) << command;
          if (kind == PathKind::shared) {
            EXPECT_TRUE(same(q_sample(mat_of(image), schedule().mix(321), {5, 0}), written));
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace qsample
