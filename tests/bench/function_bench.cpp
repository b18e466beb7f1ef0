// Functions against their peers, in one thread: what qsample does and what one would call instead.
// The photo is the file named by QSAMPLE_BENCH_PHOTO. A benchmark's name is TASK/MAKER/CASE, and
// run.sh compares the makers of each task and case. Counter `bytes`: the size of a file made.
#include <benchmark/benchmark.h>
#include <spng.h>

#include <cmath>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "files.h"
#include "pipeline/noise_image.h"

namespace qsample {
namespace {

constexpr int kZlibHuffmanOnly = 2;

using File = std::vector<std::byte>;

const Image& photo() {
  static const Image image = [] {
    const char* path = std::getenv("QSAMPLE_BENCH_PHOTO");
    const std::string name = path != nullptr ? path : "assets/still-life.png";
    return decode_image(read_file(name), name);
  }();
  return image;
}

const NoiseSchedule& schedule() {
  static const NoiseSchedule linear = make_schedule({});
  return linear;
}

Image noised(const Image& clean, int t, int depth) {
  const NoisePath path(schedule(), 0, PathKind::shared);
  return noise_image(clean, path, t, depth, {}, 1).image;
}

// The photo noised to `t`, at this depth.
const Image& noised_photo(int t, int depth) {
  static std::map<std::pair<int, int>, Image> images;
  const auto [at, is_new] = images.try_emplace({t, depth});
  if (is_new) at->second = noised(photo(), t, depth);
  return at->second;
}

template <class T>
const cv::Mat mat_of(const Image& image) {
  const auto& samples = std::get<Planes<T>>(image.planes).colour;
  return {image.height, image.width, CV_MAKETYPE(cv::DataType<T>::depth, image.channels),
          const_cast<T*>(samples.data())};
}

cv::Mat mat_of(const Image& image) {
  return image.depth() == 8 ? mat_of<std::uint8_t>(image) : mat_of<std::uint16_t>(image);
}

void noise_qsample(benchmark::State& state, int t) {
  for (auto _ : state) benchmark::DoNotOptimize(noised(photo(), t, 8));
}

void noise_opencv(benchmark::State& state, int t) {
  const double alpha = schedule().alpha(t);
  const double sigma = schedule().sigma(t);
  const cv::Mat clean = mat_of(photo());
  for (auto _ : state) {
    cv::Mat x;
    clean.convertTo(x, CV_32F, 2.0 / 255, -1);
    cv::Mat eps(x.size(), x.type());
    cv::randn(eps, 0, 1);
    cv::addWeighted(x, alpha, eps, sigma, 0, x);
    cv::Mat pixels;
    x.convertTo(pixels, CV_8U, 127.5, 127.5);
    benchmark::DoNotOptimize(pixels.data);
  }
}

File encode_qsample(const Image& image) { return encoded(image, kPng, {.extension = ".png"}); }

File encode_opencv(const Image& image) {
  std::vector<std::uint8_t> file;
  cv::imencode(".png", mat_of(image), file);  // red and blue changed places: all the same to PNG
  return {reinterpret_cast<std::byte*>(file.data()),
          reinterpret_cast<std::byte*>(file.data() + file.size())};
}

// zlib told that there are no matches.
File encode_huffman_only(const Image& image) {
  const std::unique_ptr<spng_ctx, decltype(&spng_ctx_free)> context(spng_ctx_new(SPNG_CTX_ENCODER),
                                                                    spng_ctx_free);
  spng_set_option(context.get(), SPNG_ENCODE_TO_BUFFER, 1);
  spng_set_option(context.get(), SPNG_IMG_COMPRESSION_STRATEGY, kZlibHuffmanOnly);
  spng_set_option(context.get(), SPNG_FILTER_CHOICE, SPNG_DISABLE_FILTERING);
  spng_ihdr header{};
  header.width = static_cast<std::uint32_t>(image.width);
  header.height = static_cast<std::uint32_t>(image.height);
  header.bit_depth = static_cast<std::uint8_t>(image.depth());
  header.color_type = image.channels == 1 ? SPNG_COLOR_TYPE_GRAYSCALE : SPNG_COLOR_TYPE_TRUECOLOR;
  spng_set_ihdr(context.get(), &header);
  const cv::Mat mat = mat_of(image);
  spng_encode_image(context.get(), mat.data, mat.total() * mat.elemSize(), SPNG_FMT_PNG,
                    SPNG_ENCODE_FINALIZE);
  std::size_t size = 0;
  int error = 0;
  auto* bytes = static_cast<std::byte*>(spng_get_png_buffer(context.get(), &size, &error));
  File file(bytes, bytes + size);
  std::free(bytes);
  return file;
}

void decode_qsample(const File& file) { benchmark::DoNotOptimize(decode_image(file, "")); }

void decode_opencv(const File& file) {
  const cv::Mat bytes(1, static_cast<int>(file.size()), CV_8U, const_cast<std::byte*>(file.data()));
  benchmark::DoNotOptimize(cv::imdecode(bytes, cv::IMREAD_UNCHANGED).data);
}

void decode_spng(const File& file) {
  const std::unique_ptr<spng_ctx, decltype(&spng_ctx_free)> context(spng_ctx_new(0), spng_ctx_free);
  spng_set_png_buffer(context.get(), file.data(), file.size());
  std::size_t size = 0;
  spng_decoded_image_size(context.get(), SPNG_FMT_PNG, &size);
  std::vector<std::byte> samples(size);
  spng_decode_image(context.get(), samples.data(), size, SPNG_FMT_PNG, 0);
  benchmark::DoNotOptimize(samples.data());
}

void add(const std::string& name, const std::function<void(benchmark::State&)>& run) {
  benchmark::RegisterBenchmark(name.c_str(), [run](benchmark::State& state) {
    state.counters["bytes"] = 0;
    run(state);
  })->Unit(benchmark::kMillisecond);
}

void add_encoders(int depth, int t) {
  const auto encoder = [=](const char* maker, File (*encode)(const Image&)) {
    add("encode" + std::to_string(depth) + "/" + maker + "/t" + std::to_string(t),
        [=](benchmark::State& state) {
          const Image& image = noised_photo(t, depth);
          std::size_t size = 0;
          for (auto _ : state) size = encode(image).size();
          state.counters["bytes"] = static_cast<double>(size);
        });
  };
  encoder("qsample", encode_qsample);
  encoder("opencv", encode_opencv);
  encoder("huffman-only", encode_huffman_only);
}

void add_decoders(const std::string& what, const File& file) {
  const auto decoder = [&](const char* maker, void (*decode)(const File&)) {
    add("decode/" + std::string(maker) + "/" + what, [=](benchmark::State& state) {
      for (auto _ : state) decode(file);
    });
  };
  decoder("qsample", decode_qsample);
  decoder("opencv", decode_opencv);
  decoder("libspng", decode_spng);
}

}  // namespace

void add_all() {
  add("noise/qsample/t250", [](benchmark::State& state) { noise_qsample(state, 250); });
  add("noise/opencv/t250", [](benchmark::State& state) { noise_opencv(state, 250); });
  for (const int t : {1, 10, 50, 100, 250, 500, 1000}) add_encoders(8, t);
  add_encoders(16, 250);
  add_decoders("photo", encode_opencv(photo()));
  add_decoders("t250", encode_qsample(noised_photo(250, 8)));
}

}  // namespace qsample

int main(int argc, char** argv) {
  cv::setNumThreads(1);
  qsample::add_all();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
