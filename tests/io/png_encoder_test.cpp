// The encoder against libspng, which the decoder is, and against plain references of its parts.

#include <gtest/gtest.h>
#include <libdeflate.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>
#include <numeric>
#include <random>

#include "core/targets.h"
#include "files.h"
#include "io/huffman_deflate.h"
#include "io/png_kernels.h"
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
