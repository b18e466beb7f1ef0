// The forward process on cv::Mat. Header only: qsample::core does not link OpenCV, and who includes
// this needs opencv_core alone.
//
// An image is a cv::Mat of two dimensions and of depth CV_8U, CV_16U or CV_32F (x itself); a region
// of interest will do, its rows need not follow each other. Its channels, as OpenCV has them: 1 is
// grey, 2 grey and alpha, 3 B, G, R, and 4 B, G, R and alpha. Colours are noised; alpha passes
// through, and neither takes noise nor counts.
//
// Every sample has the noise that the program gives it: sample (y * width + x) * C + c of
// gaussian_noise for channel c of the C colours in the order R, G, B. So frames equal what `qsample
// noise` writes, byte for byte.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <opencv2/core.hpp>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "qsample/error.h"
#include "qsample/forward.h"
#include "qsample/noise.h"
#include "qsample/path.h"
#include "qsample/pixels.h"
#include "qsample/schedule.h"

namespace qsample {

/// What becomes of x_t.
struct MatOptions {
  int depth = -1;    ///< CV_8U, CV_16U, or CV_32F for x_t itself, unclamped; -1: the image's own
  Range range = {};  ///< the x that become the least and the greatest integer
};

/// Receives the frames of visit_frames(), each a cv::Mat of its own that may be kept.
using FrameVisitor = std::function<void(int t, const cv::Mat& frame)>;

/// x_t = mix.x0 * x_0 + mix.eps * eps (DDPM, arXiv:2006.11239, eq. 4) with the noise of one
/// stream, of the size and the channels of `image`: schedule.mix(t) and {seed, 0} give what
/// `qsample noise -t t --seed seed` writes. Throws InvalidArgument for an image or a depth of
/// another kind than above, for an empty image, and for floats that are NaN or infinite.
[[nodiscard]] cv::Mat q_sample(const cv::Mat& image, Mix mix, NoiseKey key,
                               const MatOptions& options = {});

/// x_t of `image` along `path`, t in 0..T. Throws InvalidArgument as above.
[[nodiscard]] cv::Mat q_sample(const cv::Mat& image, const NoisePath& path, int t,
                               const MatOptions& options = {});

/// Visits x_t of `image` along `path` for each t of `ts`, which ascend in 0..T. Along a Markov path
/// all in one visit cost about one Gaussian a sample and frame, and log2(T) floats a sample of
/// memory: see NoisePath::visit. Throws InvalidArgument as above.
void visit_frames(const cv::Mat& image, const NoisePath& path, std::span<const int> ts,
                  const FrameVisitor& visitor, const MatOptions& options = {});

namespace mat_detail {

struct Channels {
  int all = 0;
  int colours = 0;

  [[nodiscard]] bool has_alpha() const { return all != colours; }
  // Where the colours, R, G, B in turn, stand in a pixel.
  [[nodiscard]] int place(int colour) const { return colours - 1 - colour; }
};

template <class T>
constexpr double kGreatest = std::is_same_v<T, float> ? 1.0 : std::numeric_limits<T>::max();

// Calls work with a value of the type of the samples.
template <class Work>
void with_samples(int depth, const Work& work) {
  switch (depth) {
    case CV_8U: work(std::uint8_t{}); break;
    case CV_16U: work(std::uint16_t{}); break;
    case CV_32F: work(float{}); break;
    default:
      throw InvalidArgument("samples of a cv::Mat of depth " + std::to_string(depth) +
                                ", which are not CV_8U, CV_16U or CV_32F",
                            "depth");
  }
}

inline Channels channels_of(const cv::Mat& image) {
  if (image.empty()) throw InvalidArgument("an empty cv::Mat is no image", "image");
  const int all = image.channels();
  if (image.dims != 2 || all > 4) {
    throw InvalidArgument("a cv::Mat of " + std::to_string(image.dims) + " dimensions and " +
                              std::to_string(all) +
                              " channels is no image; two dimensions and 1 to 4 channels are",
                          "image");
  }
  return {all, all < 3 ? 1 : 3};
}

inline void check_finite(const cv::Mat& image) {
  if (image.depth() != CV_32F) return;
  for (int y = 0; y < image.rows; ++y) {
    const auto* row = image.ptr<float>(y);
    const float* end = row + static_cast<std::ptrdiff_t>(image.cols) * image.channels();
    if (!std::all_of(row, end, [](float v) { return std::isfinite(v); })) {
      throw InvalidArgument("the image holds NaN or infinity", "image");
    }
  }
}

template <class To, class From>
To converted_alpha(From v) {
  if constexpr (std::is_same_v<To, From>) {
    return v;
  } else if constexpr (std::is_same_v<To, float>) {
    return static_cast<float>(v / kGreatest<From>);
  } else {
    const double scaled =
        std::clamp(static_cast<double>(v), 0.0, kGreatest<From>) / kGreatest<From>;
    return static_cast<To>(std::nearbyint(scaled * kGreatest<To>));
  }
}

// Makes row y of `frame` from that of `image`: its colours, in the order R, G, B, go through work.
template <class To, class From, class Work>
void make_row(const cv::Mat& image, cv::Mat& frame, Channels channels, int y,
              std::vector<From>& from, std::vector<To>& to, const Work& work) {
  const auto* clean = image.ptr<From>(y);
  auto* noised = frame.ptr<To>(y);
  std::size_t i = 0;
  for (int x = 0; x < image.cols; ++x) {
    for (int c = 0; c < channels.colours; ++c) {
      from[i++] = clean[x * channels.all + channels.place(c)];
    }
  }
  work(from, to);
  i = 0;
  for (int x = 0; x < image.cols; ++x) {
    for (int c = 0; c < channels.colours; ++c) {
      noised[x * channels.all + channels.place(c)] = to[i++];
    }
    if (channels.has_alpha()) {
      const int alpha = x * channels.all + channels.colours;
      noised[alpha] = converted_alpha<To>(clean[alpha]);
    }
  }
}

template <class To, class From>
void mix_row(const std::vector<From>& from, std::span<const float> eps, Mix mix, Range range,
             std::vector<float>& x, std::vector<To>& to) {
  if constexpr (std::is_same_v<From, float>) {
    x = from;
  } else {
    pixels_to_x(from, x);
  }
  q_sample(x, eps, mix, x);
  if constexpr (std::is_same_v<To, float>) {
    to = x;
  } else {
    (void)x_to_pixels(x, to, range);
  }
}

// A frame whose row y has the noise eps_of(y).
template <class EpsOf>
cv::Mat frame_of(const cv::Mat& image, Mix mix, const MatOptions& options, const EpsOf& eps_of) {
  const Channels channels = channels_of(image);
  const auto row =
      static_cast<std::size_t>(image.cols) * static_cast<std::size_t>(channels.colours);
  const int depth = options.depth < 0 ? image.depth() : options.depth;
  cv::Mat frame;
  with_samples(image.depth(), [&]<class From>(From) {
    with_samples(depth, [&]<class To>(To) {
      frame.create(image.rows, image.cols, CV_MAKETYPE(depth, channels.all));
      std::vector<From> from(row);
      std::vector<To> to(row);
      std::vector<float> x(row);
      for (int y = 0; y < image.rows; ++y) {
        make_row(image, frame, channels, y, from, to, [&](const auto& clean, auto& noised) {
          mix_row(clean, eps_of(y), mix, options.range, x, noised);
        });
      }
    });
  });
  return frame;
}

// The same with the noise of one stream, in one pass, where the samples stay integers of one depth.
template <class T>
cv::Mat noised_pixels(const cv::Mat& image, Mix mix, NoiseKey key, Range range) {
  const Channels channels = channels_of(image);
  const auto row =
      static_cast<std::size_t>(image.cols) * static_cast<std::size_t>(channels.colours);
  cv::Mat frame(image.rows, image.cols, image.type());
  std::vector<T> from(row);
  std::vector<T> to(row);
  for (int y = 0; y < image.rows; ++y) {
    make_row(image, frame, channels, y, from, to, [&](const auto& clean, auto& noised) {
      noised = clean;
      (void)noise_pixels(key, static_cast<std::size_t>(y) * row, mix, range, noised);
    });
  }
  return frame;
}

}  // namespace mat_detail

inline cv::Mat q_sample(const cv::Mat& image, Mix mix, NoiseKey key, const MatOptions& options) {
  const mat_detail::Channels channels = mat_detail::channels_of(image);
  if (options.depth < 0 || options.depth == image.depth()) {
    if (image.depth() == CV_8U) {
      return mat_detail::noised_pixels<std::uint8_t>(image, mix, key, options.range);
    }
    if (image.depth() == CV_16U) {
      return mat_detail::noised_pixels<std::uint16_t>(image, mix, key, options.range);
    }
  }
  mat_detail::check_finite(image);
  std::vector<float> eps(static_cast<std::size_t>(image.cols) *
                         static_cast<std::size_t>(channels.colours));
  return mat_detail::frame_of(image, mix, options, [&](int y) {
    gaussian_noise(key, static_cast<std::size_t>(y) * eps.size(), eps);
    return std::span<const float>(eps);
  });
}

inline cv::Mat q_sample(const cv::Mat& image, const NoisePath& path, int t,
                        const MatOptions& options) {
  cv::Mat frame;
  const std::array ts = {t};
  visit_frames(
      image, path, ts, [&](int /*t*/, const cv::Mat& made) { frame = made; }, options);
  return frame;
}

inline void visit_frames(const cv::Mat& image, const NoisePath& path, std::span<const int> ts,
                         const FrameVisitor& visitor, const MatOptions& options) {
  const mat_detail::Channels channels = mat_detail::channels_of(image);
  mat_detail::check_finite(image);
  const auto row =
      static_cast<std::size_t>(image.cols) * static_cast<std::size_t>(channels.colours);
  const std::size_t samples = static_cast<std::size_t>(image.rows) * row;
  path.visit(ts, 0, samples, [&](int t, Mix mix, std::span<const float> eps) {
    visitor(t, mat_detail::frame_of(image, mix, options, [&](int y) {
              return eps.subspan(static_cast<std::size_t>(y) * row, row);
            }));
  });
}

}  // namespace qsample
