// The encoder against libpng and the decoder, and against plain references of its parts.

#include <gtest/gtest.h>
#include <libdeflate.h>

#include <atomic>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <numeric>
#include <random>

#include "core/targets.h"
#include "files.h"
#include "formats/png/deflate/huffman_deflate.h"
#include "formats/png/deflate/match_deflate.h"
#include "formats/png/deflate/png_kernels.h"
#include "formats/png/deflate/png_rows.h"
#include "fuzz/libpng_reader.h"
#include "pictures.h"

namespace qsample {
namespace {

std::vector<std::uint8_t> random_bytes(std::size_t size, int values, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::uint8_t> bytes(size);
  for (auto& b : bytes) b = static_cast<std::uint8_t>(random() % static_cast<unsigned>(values));
  return bytes;
}

// RFC 2083, 6.6, as it stands there.
std::uint8_t paeth(int a, int b, int c) {
  const int p = a + b - c;
  const int pa = std::abs(p - a);
  const int pb = std::abs(p - b);
  const int pc = std::abs(p - c);
  if (pa <= pb && pa <= pc) return static_cast<std::uint8_t>(a);
  return static_cast<std::uint8_t>(pb <= pc ? b : c);
}

TEST(PngFilters, AreThoseOfTheSpecificationOnEveryInstructionSet) {
  on_every_target([] {
    for (const std::size_t stride : {1U, 3U, 4U, 8U}) {
      for (const std::size_t size : {1U, 2U, 7U, 64U, 1003U}) {
        const auto row = random_bytes(size, 256, 1);
        const auto above = random_bytes(size, 256, 2);
        std::vector<std::uint8_t> out(size);
        for (int filter = 0; filter < kPngFilters; ++filter) {
          png_filter_row(static_cast<PngFilter>(filter), row.data(), above.data(), stride, size,
                         out.data());
          for (std::size_t i = 0; i < size; ++i) {
            const int a = i < stride ? 0 : row[i - stride];
            const int b = above[i];
            const int c = i < stride ? 0 : above[i - stride];
            const int predicted[] = {0, a, b, (a + b) / 2, paeth(a, b, c)};
            ASSERT_EQ(out[i], static_cast<std::uint8_t>(row[i] - predicted[filter]))
                << "filter " << filter << " stride " << stride << " byte " << i;
          }
        }
      }
    }
  });
}

TEST(CodeLengths, FulfilKraftAndTheLimit) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::uint32_t> frequencies(257);
    const auto kinds = random() % 257 + 2;
    for (std::size_t i = 0; i < kinds && i < 257; ++i) {
      // From even to steep.
      frequencies[i] = 1 + static_cast<std::uint32_t>(
                               std::pow(static_cast<double>(random() % 1000) / 100, round % 9));
    }
    for (const int limit : {9, 14}) {
      const auto lengths = code_lengths(frequencies, limit);
      double kraft = 0;
      for (std::size_t i = 0; i < lengths.size(); ++i) {
        EXPECT_EQ(lengths[i] == 0, frequencies[i] == 0);
        EXPECT_LE(lengths[i], limit);
        if (lengths[i] > 0) kraft += std::pow(0.5, lengths[i]);
      }
      EXPECT_EQ(kraft, 1);
    }
  }
  // A known code: 1, 1, 2, 4 takes 3, 3, 2, 1 bits; limited to two bits it is even.
  const std::vector<std::uint32_t> known = {1, 1, 2, 4};
  EXPECT_EQ(code_lengths(known, 14), (std::vector<std::uint8_t>{3, 3, 2, 1}));
  EXPECT_EQ(code_lengths(known, 2), (std::vector<std::uint8_t>{2, 2, 2, 2}));
  EXPECT_EQ(code_lengths(std::vector<std::uint32_t>{0, 5}, 14), (std::vector<std::uint8_t>{0, 1}));
}

TEST(Entropy, IsThatOfTheFormula) {
  Histogram histogram{};
  EXPECT_EQ(entropy_bits(histogram), 0);
  histogram[3] = 1000;
  EXPECT_NEAR(entropy_bits(histogram), 0, 10);  // to a hundredth of a bit each
  histogram.fill(100);
  EXPECT_NEAR(entropy_bits(histogram), 256 * 100 * 8, 256);
}

std::vector<std::uint8_t> inflated(const std::vector<std::byte>& stream, std::size_t size) {
  std::vector<std::uint8_t> out(size);
  auto* decompressor = libdeflate_alloc_decompressor();
  std::size_t got = 0;
  const auto result = libdeflate_deflate_decompress(decompressor, stream.data(), stream.size(),
                                                    out.data(), out.size(), &got);
  libdeflate_free_decompressor(decompressor);
  EXPECT_EQ(result, LIBDEFLATE_SUCCESS);
  EXPECT_EQ(got, size);
  return out;
}

std::size_t deflated_size(const std::vector<std::uint8_t>& bytes, int level) {
  auto* compressor = libdeflate_alloc_compressor(level);
  std::vector<std::byte> out(libdeflate_deflate_compress_bound(compressor, bytes.size()));
  const auto size =
      libdeflate_deflate_compress(compressor, bytes.data(), bytes.size(), out.data(), out.size());
  libdeflate_free_compressor(compressor);
  return size;
}

// With matches, at every level, and with each number of bits left in the last byte.
TEST(MatchDeflater, PiecesJoin) {
  for (const int level : {1, 6, 12}) {
    MatchDeflater deflater(level);
    for (std::size_t size = 2; size < 700'000; size = size * 5 / 4 + 1) {
      const auto bytes = random_bytes(size, static_cast<int>(size % 20 + 1), 5);
      const std::span all(bytes);
      std::vector<std::byte> stream(2 * size + 1000);
      std::size_t end = deflater.write(all.first(size / 2), false, stream);
      ASSERT_GT(end, 0U);
      end += deflater.write(all.subspan(size / 2), true, std::span(stream).subspan(end));
      stream.resize(end);
      EXPECT_EQ(inflated(stream, size), bytes) << "level " << level << ", " << size;
    }
  }
}

TEST(MatchDeflater, SaysWhereThereIsNoRoom) {
  MatchDeflater deflater(6);
  const auto bytes = random_bytes(10'000, 256, 5);
  for (const bool last : {false, true}) {
    std::vector<std::byte> room(20'000);
    const auto size = deflater.write(bytes, last, room);
    EXPECT_EQ(deflater.write(bytes, last, std::span(room).first(size / 2)), 0U);
    EXPECT_EQ(deflater.write(bytes, last, std::span(room).first(3)), 0U);
  }
}

// Bytes each of which is half as frequent as the one before, so that codes of all lengths occur,
// from `even_bits` + 1 bits on.
std::vector<std::uint8_t> steep_bytes(std::size_t size, int even_bits, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::uint8_t> bytes(size);
  for (auto& b : bytes) {
    const auto step = static_cast<unsigned>(std::countl_zero(static_cast<std::uint32_t>(random())));
    b = static_cast<std::uint8_t>(step << even_bits | (random() & ((1U << even_bits) - 1)));
  }
  return bytes;
}

TEST(HuffmanBlocks, InflateToTheSameBytesOnEveryInstructionSet) {
  std::map<std::pair<std::size_t, int>, std::vector<std::byte>> first;
  on_every_target([&] {
    for (const std::size_t size : {0U, 1U, 3U, 8U, 190U, 1000U, 16384U, 16385U, 1'000'000U}) {
      for (const int kind : {1, 2, 17, 256, -1, -2, -3}) {
        const auto bytes = kind > 0 ? random_bytes(size, kind, 7) : steep_bytes(size, -kind - 1, 7);
        std::vector<std::byte> stream(huffman_room(size));
        // In two pieces, joined at a byte's edge.
        const std::span all(bytes);
        std::size_t end = write_huffman_blocks(all.first(size / 3), false, stream.data());
        end += write_huffman_blocks(all.subspan(size / 3), true, stream.data() + end);
        ASSERT_LE(end, stream.size());
        stream.resize(end);
        EXPECT_EQ(inflated(stream, size), bytes) << size << " of kind " << kind;
        EXPECT_EQ(first.try_emplace({size, kind}, stream).first->second, stream);
      }
    }
  });
}

// Codes of large pieces are made from a sample, which may miss bytes or know one column only.
TEST(HuffmanBlocks, OfBytesThatASampleMisses) {
  constexpr std::size_t kSize = 1 << 19;
  std::vector<std::uint8_t> rare(kSize, 7);
  for (std::size_t i = 0; i < 256; ++i) rare[i * 2039] = static_cast<std::uint8_t>(i);
  auto column = random_bytes(kSize, 256, 3);
  for (std::size_t i = 0; i < kSize; i += 1024) std::fill_n(&column[i], 256, std::uint8_t{0});
  for (const auto& bytes : {rare, column}) {
    std::vector<std::byte> stream(huffman_room(kSize));
    stream.resize(write_huffman_blocks(bytes, true, stream.data()));
    EXPECT_EQ(inflated(stream, kSize), bytes);
    const double bits = entropy_bits(histogram_of(bytes));
    EXPECT_LT(static_cast<double>(stream.size()), std::max(bits / 8, kSize / 8.0) * 1.05);
  }
}

template <class T>
void expect_round_trips(const Image& image) {
  for (const Compression compression : {Compression::fast, Compression::small}) {
    const auto file =
        encoded(image, kPng, {.extension = ".png", .record = "{}", .compression = compression});
    EXPECT_TRUE(same_pixels(decode_image(file, "x"), image))
        << image.width << "x" << image.height << "x" << image.channels << " " << image.depth();
    EXPECT_EQ(record_in(file, "x"), "{}");
  }
}

TEST(EncodePng, EverySizeAndLayoutComesBack) {
  for (const auto& [width, height] : {std::pair{1, 1}, {1, 70}, {70, 1}, {13, 7}, {700, 300}}) {
    for (const int channels : {1, 3}) {
      for (const bool alpha : {false, true}) {
        expect_round_trips<std::uint8_t>(picture<std::uint8_t>(width, height, channels, alpha));
        expect_round_trips<std::uint16_t>(picture<std::uint16_t>(width, height, channels, alpha));
      }
    }
  }
}

// A flat image has nothing but matches: there the general compressor takes over.
TEST(EncodePng, FlatImagesAreAsSmallAsAGeneralCompressorMakesThem) {
  Image image{500, 400, 3, {}};
  Planes<std::uint8_t> planes;
  planes.colour.assign(image.samples(), 200);
  image.planes = planes;
  expect_round_trips<std::uint8_t>(image);
  EXPECT_LT(encoded(image, kPng, {.extension = ".png"}).size(), 3000U);
  // A drawing: stripes of 16 colours in boxes.
  for (std::size_t i = 0; i < planes.colour.size(); ++i) {
    planes.colour[i] =
        static_cast<std::uint8_t>((i / 3 % 500 / 25 * 37 + i / 1500 / 40 * 91) % 16 * 16);
  }
  image.planes = planes;
  expect_round_trips<std::uint8_t>(image);
  EXPECT_LT(encoded(image, kPng, {.extension = ".png"}).size(), 6000U);
}

// An image of many bytes a row, whose pieces end at known rows: see png_image_data.h.
template <class T>
Image large(int width, int height, int channels, bool alpha,
            const std::function<unsigned(std::size_t x, std::size_t y)>& value) {
  Image image{width, height, channels, {}};
  Planes<T> planes;
  const auto fill = [&](std::size_t samples) {
    std::vector<T> out;
    out.reserve(image.pixels() * samples);
    for (std::size_t i = 0; i < image.pixels(); ++i) {
      const auto w = static_cast<std::size_t>(width);
      const auto v = static_cast<T>(value(i % w, i / w));
      out.insert(out.end(), samples, v);
    }
    return out;
  };
  planes.colour = fill(static_cast<std::size_t>(channels));
  if (alpha) planes.alpha = fill(1);
  image.planes = std::move(planes);
  return image;
}

unsigned mixed(std::size_t x, std::size_t y) {
  return static_cast<unsigned>((x * 0x9E3779B1U) ^ (y * 0x85EBCA6BU)) >> 11;
}

// What there is at the edges of pieces, by kind of image.
unsigned black(std::size_t, std::size_t) { return 0; }
unsigned tiled(std::size_t x, std::size_t y) { return mixed(x % 37, y % 41); }
unsigned slope(std::size_t x, std::size_t y) { return static_cast<unsigned>(x + y) / 3; }
// Squares of a few colours.
unsigned mosaic(std::size_t x, std::size_t y) { return mixed(x / 6, y / 5) % 5 * 51; }
// A few rows of noise in a random order.
unsigned shuffled(std::size_t x, std::size_t y) { return mixed(x, mixed(y, 1) % 7); }
unsigned half_noise(std::size_t x, std::size_t y) {
  return y % 200 < 100 ? mixed(x, y) : static_cast<unsigned>(y);
}

// Through libpng, another reader; with 1, 2 and 7 threads the same bytes.
void expect_the_same_everywhere(const Image& image, Compression compression) {
  EncodeOptions options{.extension = ".png", .compression = compression};
  const auto file = encoded(image, kPng, options);
  const auto peer = read_with_libpng(file, image.pixels());
  ASSERT_TRUE(peer && !peer->warned);
  EXPECT_EQ(peer->samples, libpng_samples(image));
  for (const int workers : {2, 7}) {
    options.run.workers = workers;
    EXPECT_TRUE(encoded(image, kPng, options) == file) << workers << " threads";
  }
}

TEST(EncodePng, PiecesJoinForEveryReaderWithAnyNumberOfThreads) {
  // Rows of about 1, 6 and 12 kB; heights below, at and beyond the ends of a stripe and a piece.
  for (const auto& picture : {black, tiled, slope, half_noise}) {
    for (const int height : {511, 512, 1024, 4090}) {
      expect_the_same_everywhere(large<std::uint8_t>(1023, height, 1, false, picture),
                                 Compression::fast);
    }
    for (const int height : {697, 698, 1400}) {
      expect_the_same_everywhere(large<std::uint8_t>(2000, height, 3, false, picture),
                                 Compression::fast);
    }
    expect_the_same_everywhere(large<std::uint16_t>(1500, 800, 3, true, picture),
                               Compression::fast);
    expect_the_same_everywhere(large<std::uint16_t>(1500, 360, 3, false, picture),
                               Compression::fast);
  }
  expect_the_same_everywhere(large<std::uint8_t>(1100, 4000, 1, true, tiled), Compression::small);
}

// The size of all rows in one, in the filters of their stripes or in none.
std::size_t whole_size(const Image& image, bool filter) {
  const PngRows rows(image);
  std::vector<std::uint8_t> bytes;
  for (const PngStripe& stripe : png_stripes(rows, 1)) {
    const std::size_t begin = bytes.size();
    bytes.resize(begin + (stripe.last - stripe.first) * (rows.row_bytes() + 1));
    png_filter_rows(rows, stripe.first, stripe.last, filter ? stripe.filter : PngFilter::none,
                    bytes.data() + begin);
  }
  return deflated_size(bytes, 6);
}

// Pieces take hardly more than libdeflate makes of the whole, with filters or without, whichever is
// less; and less than that where half of an image is noise.
TEST(EncodePng, PiecesAreAsSmallAsTheWhole) {
  for (const auto& picture : {tiled, slope, half_noise, mosaic, shuffled}) {
    const Image image = large<std::uint8_t>(3000, 3000, 1, false, picture);
    const auto whole = std::min(whole_size(image, true), whole_size(image, false));
    const auto file = encoded(image, kPng, {.extension = ".png"});
    EXPECT_LE(static_cast<double>(file.size()), 1.02 * static_cast<double>(whole) + 200);
  }
}

TEST(EncodePng, EndsSoonWhenTold) {
  const Image image = large<std::uint8_t>(1023, 16000, 1, false, half_noise);
  std::atomic<bool> stop{false};
  std::size_t rows = 0;
  EncodeOptions options{.extension = ".png"};
  options.run = {.workers = 2, .stop = &stop, .progress = [&](const Headway& headway) {
                   EXPECT_EQ(headway.counted, "rows written");
                   EXPECT_EQ(headway.total, 16000U);
                   rows = headway.done;
                   stop = true;
                 }};
  EXPECT_THROW((void)encoded(image, kPng, options), Interrupted);
  EXPECT_GT(rows, 0U);
  EXPECT_LT(rows, 16000U);
}

// Random images of random statistics, for as long as one likes.
TEST(EncodePng, RandomImagesComeBack) {
  const char* rounds = std::getenv("QSAMPLE_FUZZ_ROUNDS");
  std::mt19937 random(11);
  for (int round = 0; round < (rounds != nullptr ? std::atoi(rounds) : 60); ++round) {
    Image image{static_cast<int>(random() % 300 + 1),
                static_cast<int>(random() % 200 + 1),
                random() % 2 == 0 ? 1 : 3,
                {}};
    Planes<std::uint8_t> planes;
    std::uint32_t value = 0;
    const unsigned spread = random() % 64 + 1;
    for (std::size_t i = 0; i < image.samples(); ++i) {
      if (random() % 16 < round % 17U) value += static_cast<std::uint32_t>(random() % spread);
      planes.colour.push_back(static_cast<std::uint8_t>(value));
    }
    image.planes = planes;
    const auto file = encoded(image, kPng, {.extension = ".png"});
    ASSERT_TRUE(same_pixels(decode_image(file, "x"), image)) << "round " << round;
  }
}

}  // namespace
}  // namespace qsample
