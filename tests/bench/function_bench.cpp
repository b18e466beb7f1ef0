// Functions against their peers, in one thread: what qsample does and what one would call instead.
//   function_bench PHOTO8 PHOTO16 [BENCHMARK OPTION...]     times, by Google Benchmark
//   function_bench sizes PHOTO8 PHOTO16 CLEAN...            bytes of PNG files, a line each
// The photos are PNG files of 8 and 16 bits, CLEAN images without noise. A benchmark's name is
// TASK/CASE/MAKER; run.sh compares the makers of each task and case.
#include <benchmark/benchmark.h>
#include <libdeflate.h>
#include <png.h>
#include <spng.h>

#include <hwy/highway.h>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "files.h"
#include "formats/png/deflate/png_kernels.h"
#include "image/image_io.h"
#include "opencv/drawing/drawing.h"
#include "pipeline/noise_image.h"
#include "qsample/forward.h"
#include "qsample/jobs/preparation.h"

namespace qsample {
namespace {

constexpr int kZlibHuffmanOnly = 2;
constexpr int kTimesteps[] = {1, 10, 50, 100, 250, 500, 1000};
constexpr int kDepths[] = {8, 16};

using File = std::vector<std::byte>;

// The photos by depth: as files and as images.
std::map<int, File> photo_files;
std::map<int, Image> photos;

const NoiseSchedule& schedule() {
  static const NoiseSchedule linear = make_schedule({});
  return linear;
}

// The photo of this depth, noised to `t`.
const Image& noised_photo(int t, int depth) {
  static std::map<std::pair<int, int>, Image> images;
  const auto [at, is_new] = images.try_emplace({t, depth});
  const PhiloxNoise noise(0);
  const NoisePath path(schedule(), noise, PathKind::shared);
  if (is_new) at->second = noise_image(photos.at(depth), path, t, depth, {}).image;
  return at->second;
}

template <class T>
cv::Mat mat_of(const Image& image) {
  const auto& samples = std::get<Planes<T>>(image.planes).colour;
  return {image.height, image.width, CV_MAKETYPE(cv::DataType<T>::depth, image.channels),
          const_cast<T*>(samples.data())};
}

cv::Mat mat_of(const Image& image) {
  return image.depth() == 8 ? mat_of<std::uint8_t>(image) : mat_of<std::uint16_t>(image);
}

// --- noise: integers to integers, in arrays that are there already

template <class T>
void noise_qsample(benchmark::State& state, int depth, std::int64_t target) {
  hwy::GetChosenTarget().Update(target);
  auto pixels = std::get<Planes<T>>(photos.at(depth).planes).colour;
  for (auto _ : state) noise_pixels({0, 0}, 0, schedule().mix(250), {}, pixels);
  hwy::GetChosenTarget().DeInit();  // back to the best
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(pixels.size()));
}

// Into arrays of every call's own, as one writes it; or into those of the call before.
void noise_opencv(benchmark::State& state, int depth, bool anew) {
  const Mix mix = schedule().mix(250);
  const double max = depth == 8 ? 255 : 65535;
  const cv::Mat clean = mat_of(photos.at(depth));
  cv::Mat x;
  cv::Mat eps;
  cv::Mat pixels;
  for (auto _ : state) {
    if (anew) x = eps = pixels = cv::Mat();
    clean.convertTo(x, CV_32F, 2 / max, -1);
    eps.create(x.size(), x.type());
    cv::randn(eps, 0, 1);
    cv::addWeighted(x, mix.x0, eps, mix.eps, 0, x);
    x.convertTo(pixels, clean.depth(), max / 2, max / 2);
    benchmark::DoNotOptimize(pixels.data);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(clean.total()) *
                          clean.channels());
}

// --- PNG files

// Files are made in memory that is kept: a program would write them as they are made.
Bytes encode_with(const Image& image, Compression compression) {
  static File file;
  file.clear();
  encode_image(image, kPng, {.extension = ".png", .compression = compression}, "",
               [](Bytes piece) { file.insert(file.end(), piece.begin(), piece.end()); });
  return file;
}

Bytes encode_qsample(const Image& image) { return encode_with(image, Compression::fast); }
Bytes encode_small(const Image& image) { return encode_with(image, Compression::small); }

Bytes encode_opencv(const Image& image) {
  static std::vector<std::uint8_t> file;
  cv::imencode(".png", mat_of(image), file);  // red and blue changed places: all the same to PNG
  return std::as_bytes(std::span(file));
}

using Spng = std::unique_ptr<spng_ctx, decltype(&spng_ctx_free)>;

// zlib told that there are no matches.
Bytes encode_huffman_only(const Image& image) {
  static File file;
  const Spng context(spng_ctx_new(SPNG_CTX_ENCODER), spng_ctx_free);
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
  file.assign(bytes, bytes + size);
  std::free(bytes);
  return file;
}

void decode_qsample(const File& file) { benchmark::DoNotOptimize(decode_image(file, "")); }

void decode_opencv(const File& file) {
  const cv::Mat bytes(1, static_cast<int>(file.size()), CV_8U, const_cast<std::byte*>(file.data()));
  benchmark::DoNotOptimize(cv::imdecode(bytes, cv::IMREAD_UNCHANGED).data);
}

void decode_spng(const File& file) {
  const Spng context(spng_ctx_new(0), spng_ctx_free);
  spng_set_png_buffer(context.get(), file.data(), file.size());
  std::size_t size = 0;
  spng_decoded_image_size(context.get(), SPNG_FMT_PNG, &size);
  std::vector<std::byte> samples(size);
  spng_decode_image(context.get(), samples.data(), size, SPNG_FMT_PNG, 0);
  benchmark::DoNotOptimize(samples.data());
}

void decode_libpng(const File& file) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  Bytes left = file;
  png_set_read_fn(png, &left, [](png_structp p, png_bytep to, std::size_t size) {
    auto& from = *static_cast<Bytes*>(png_get_io_ptr(p));
    std::copy_n(reinterpret_cast<const png_byte*>(from.data()), size, to);
    from = from.subspan(size);
  });
  png_read_info(png, info);
  if (png_get_bit_depth(png, info) == 16) png_set_swap(png);
  png_read_update_info(png, info);
  const std::size_t line = png_get_rowbytes(png, info);
  const std::size_t height = png_get_image_height(png, info);
  std::vector<png_byte> samples(line * height);
  for (std::size_t y = 0; y < height; ++y) png_read_row(png, samples.data() + y * line, nullptr);
  png_read_end(png, nullptr);
  png_destroy_read_struct(&png, &info, nullptr);
  benchmark::DoNotOptimize(samples.data());
}

File copy_of(Bytes file) { return {file.begin(), file.end()}; }

// --- the lists

// "NAME-8bit"; no operator+ on temporaries, in which GCC 12 sees overlaps that are not there.
std::string case_name(const std::string& name, int depth) {
  std::string text = name;
  text.append("-").append(std::to_string(depth)).append("bit");
  return text;
}

std::string case_name(int t, int depth) {
  std::string name = "t";
  return case_name(name.append(std::to_string(t)), depth);
}

void add(const std::string& name, const std::function<void(benchmark::State&)>& run) {
  benchmark::RegisterBenchmark(name.c_str(), run)->Unit(benchmark::kMillisecond);
}

void add_noise(int depth) {
  const std::string task = "noise/" + case_name(250, depth) + "/";
  const auto own = [=](const std::string& name, std::int64_t target) {
    add(task + "qsample" + name, [=](benchmark::State& state) {
      if (depth == 8) return noise_qsample<std::uint8_t>(state, depth, target);
      noise_qsample<std::uint16_t>(state, depth, target);
    });
  };
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    own(std::string("-") + hwy::TargetName(target), target);
  }
  add(task + "opencv", [=](benchmark::State& state) { noise_opencv(state, depth, true); });
  add(task + "opencv-kept", [=](benchmark::State& state) { noise_opencv(state, depth, false); });
}

void add_encoders(int depth, int t) {
  const auto encoder = [=](const char* maker, Bytes (*encode)(const Image&)) {
    add("encode/" + case_name(t, depth) + "/" + maker, [=](benchmark::State& state) {
      const Image& image = noised_photo(t, depth);
      for (auto _ : state) benchmark::DoNotOptimize(encode(image).data());
    });
  };
  encoder("qsample", encode_qsample);
  encoder("opencv", encode_opencv);
  encoder("huffman-only", encode_huffman_only);
}

void add_decoders(const std::string& what, const File& file) {
  const auto decoder = [&](const char* maker, void (*decode)(const File&)) {
    add("decode/" + what + "/" + maker, [=](benchmark::State& state) {
      for (auto _ : state) decode(file);
    });
  };
  decoder("qsample", decode_qsample);
  decoder("libpng", decode_libpng);
  decoder("libspng", decode_spng);
  decoder("opencv", decode_opencv);
}

// Scaling as a batch does it, and OpenCV's own of the same filter; what OpenCV does not do, smooth
// Lanczos downwards, beside its own, which leaves pixels out.
void add_scaling(int depth, int width, int height, ViewFilter filter, int interpolation) {
  const std::string task =
      "scale/" +
      case_name(std::string(filter_name(filter)) + " to " + std::to_string(width), depth) + "/";
  add(task + "qsample", [=](benchmark::State& state) {
    for (auto _ : state) {
      benchmark::DoNotOptimize(resampled(photos.at(depth), width, height, filter).width);
    }
  });
  add(task + "opencv", [=](benchmark::State& state) {
    const cv::Mat clean = mat_of(photos.at(depth));
    for (auto _ : state) {
      cv::Mat scaled;
      cv::resize(clean, scaled, {width, height}, 0, 0, interpolation);
      benchmark::DoNotOptimize(scaled.data);
    }
  });
}

void add_all() {
  for (const int depth : kDepths) {
    add_noise(depth);
    add_scaling(depth, 512, 288, ViewFilter::area, cv::INTER_AREA);
    add_scaling(depth, 512, 288, ViewFilter::lanczos, cv::INTER_LANCZOS4);
    add_scaling(depth, 2560, 1440, ViewFilter::cubic, cv::INTER_CUBIC);
    add_scaling(depth, 2560, 1440, ViewFilter::lanczos, cv::INTER_LANCZOS4);
    for (const int t : kTimesteps) add_encoders(depth, t);
    add_decoders(case_name("photo", depth), photo_files.at(depth));
    add_decoders(case_name("photo-of-opencv", depth), copy_of(encode_opencv(photos.at(depth))));
    add_decoders(case_name(250, depth), copy_of(encode_qsample(noised_photo(250, depth))));
  }
}

// --- sizes

// The rows of 8 bits filtered as libpng does it: by the least sum of absolute values; or not.
std::vector<std::uint8_t> filtered_rows(const Image& image, bool filter) {
  const auto& samples = std::get<Planes<std::uint8_t>>(image.planes).colour;
  const auto stride = static_cast<std::size_t>(image.channels);
  const std::size_t size = static_cast<std::size_t>(image.width) * stride;
  std::vector<std::uint8_t> above(size);
  std::vector<std::uint8_t> out(size);
  std::vector<std::uint8_t> all;
  for (std::size_t at = 0; at < samples.size(); at += size) {
    std::vector<std::uint8_t> best;
    int best_sum = -1;
    for (int type = 0; type < (filter ? kPngFilters : 1); ++type) {
      png_filter_row(static_cast<PngFilter>(type), samples.data() + at, above.data(), stride, size,
                     out.data());
      int sum = 0;
      for (const std::uint8_t v : out) sum += std::abs(static_cast<std::int8_t>(v));
      if (best_sum >= 0 && sum >= best_sum) continue;
      best_sum = sum;
      best = {static_cast<std::uint8_t>(type)};
      best.insert(best.end(), out.begin(), out.end());
    }
    all.insert(all.end(), best.begin(), best.end());
    above.assign(samples.data() + at, samples.data() + at + size);
  }
  return all;
}

// Bytes of the image data by libdeflate's level 6, with filters or without.
std::size_t libdeflate_size(const Image& image) {
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
      libdeflate_alloc_compressor(6), libdeflate_free_compressor);
  std::size_t best = SIZE_MAX;
  for (const bool filter : {false, true}) {
    const auto rows = filtered_rows(image, filter);
    std::vector<std::byte> out(libdeflate_zlib_compress_bound(compressor.get(), rows.size()));
    best = std::min(best, libdeflate_zlib_compress(compressor.get(), rows.data(), rows.size(),
                                                   out.data(), out.size()));
  }
  return best;
}

void print_size(const std::string& what, const char* maker, std::size_t own, std::size_t other) {
  std::printf("%s %s %zu %zu\n", what.c_str(), maker, own, other);
}

void print_sizes(int argc, char** argv) {
  for (const int depth : kDepths) {
    for (const int t : kTimesteps) {
      const Image& image = noised_photo(t, depth);
      const std::size_t own = encode_qsample(image).size();
      const std::string what = case_name(t, depth);
      print_size(what, "opencv", own, encode_opencv(image).size());
      print_size(what, "huffman-only", own, encode_huffman_only(image).size());
      if (depth == 8) print_size(what + ",small", "fast", encode_small(image).size(), own);
    }
  }
  const Image& photo = photos.at(8);
  print_size("t0-8bit", "libdeflate-6", encode_qsample(photo).size(), libdeflate_size(photo));
  for (int i = 0; i < argc; ++i) {
    const Image image = decode_image(read_file(argv[i]), argv[i]);
    print_size(argv[i], "libdeflate-6", encode_qsample(image).size(), libdeflate_size(image));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bool sizes = std::string(argv[1]) == "sizes";
  const int used = sizes ? 2 : 1;
  if (argc < used + 2) return 2;
  for (int i = 0; i < 2; ++i) {
    const char* path = argv[used + i];
    photo_files[kDepths[i]] = read_file(path);
    photos[kDepths[i]] = decode_image(photo_files[kDepths[i]], path);
  }
  cv::setNumThreads(1);
  argc -= used + 2;
  argv += used + 2;
  if (sizes) {
    print_sizes(argc, argv);
    return 0;
  }
  add_all();
  --argv;  // where a program's name is expected
  ++argc;
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace qsample

int main(int argc, char** argv) { return argc < 2 ? 2 : qsample::main(argc, argv); }
