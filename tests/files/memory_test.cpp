// Files that claim to be large and are not: refused before they take memory.

#include <gtest/gtest.h>
#include <libdeflate.h>
#include <sys/resource.h>

#include <cstdint>

#include "files.h"
#include "pictures.h"

namespace qsample {
namespace {

using namespace std::string_literals;

long peak_kilobytes() {
  rusage usage{};
  (void)::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

std::string webp(unsigned side) {
  const std::string data =
      "\x2F"s + little_endian((side - 1) | (side - 1) << 14, 4) + std::string(15, '\0');
  return "RIFF"s + little_endian(4 + 8 + data.size(), 4) + "WEBPVP8L" +
         little_endian(data.size(), 4) + data;
}

std::string bmp(unsigned side) {
  return "BM"s + std::string(8, '\0') + little_endian(54 + 1024, 4) + little_endian(40, 4) +
         little_endian(side, 4) + little_endian(side, 4) + little_endian(1, 2) +
         little_endian(8, 2) + little_endian(1, 4) + std::string(20 + 1024, '\0') + "\0\x01"s;
}

// One strip that is Zstandard's, if its tag is to be believed.
std::string tiff(unsigned side) {
  std::string file = "II*\0\x08\0\0\0\x08\0"s;
  for (const auto& [tag, value] : {std::pair{256U, side},
                                   {257U, side},
                                   {258U, 8U},
                                   {259U, 50000U},
                                   {262U, 1U},
                                   {273U, 8U},
                                   {278U, side},
                                   {279U, 60U}}) {
    file +=
        little_endian(tag, 2) + little_endian(4, 2) + little_endian(1, 4) + little_endian(value, 4);
  }
  return file + little_endian(0, 4);
}

// A progressive image that repeats a scan, of which a decoder would hold all coefficients.
std::string jpeg_of_many_scans(unsigned side, int scans) {
  const auto big = [](unsigned value) {
    return std::string{static_cast<char>(value >> 8), static_cast<char>(value & 255)};
  };
  std::string file = "\xFF\xD8\xFF\xC2\0\x0B\x08"s + big(side) + big(side) + "\1\1\x11\0"s;
  file += "\xFF\xDB\0\x43\0"s + std::string(64, '\1');
  file += "\xFF\xC4\0\x14\0\1"s + std::string(15, '\0') + '\0';
  const std::string data(std::size_t{side} * side / 64 / 8 / static_cast<unsigned>(scans) + 1,
                         '\0');
  for (int i = 0; i < scans; ++i) file += "\xFF\xDA\0\x08\1\1\0\0\0\0"s + data;
  return file + "\xFF\xD9"s;
}

// One row of many pixels that an interlaced image claims to have.
std::string interlaced_png(std::uint32_t width, std::uint32_t height) {
  const auto bytes = encoded(picture<std::uint8_t>(1, 1, 1, false), kPng, {.extension = ".png"});
  std::string file(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto put = [&](std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) file[at + i] = static_cast<char>(value >> (24 - 8 * i));
  };
  put(16, width);
  put(20, height);
  file[28] = '\1';
  put(29, libdeflate_crc32(0, file.data() + 12, 17));
  return file;
}

std::string data_file(const std::string& name) {
  return read_text_file(std::string(QSAMPLE_TEST_DATA) + "/images/" + name);
}

TEST(Memory, AnInterlacedPngMayClaimAnySize) {
  constexpr std::uint32_t kMost = 0x7FFFFFFF;
  for (const auto& [width, height] : {std::pair{kMost, kMost}, {kMost, 1U}, {1U, kMost}}) {
    EXPECT_EQ(refusal(interlaced_png(width, height), {.max_pixels = SIZE_MAX}),
              width == height ? "in: PNG image: it is 2147483647x2147483647 pixels, more than "
                                "18446744073709551615; `max-pixels` raises the limit"
                              : "in: PNG image: its image data are too short");
  }
}

TEST(Memory, ScansAreCountedBeforeAnyIsDecoded) {
  EXPECT_EQ(refusal(jpeg_of_many_scans(1000, 101)),
            "in: JPEG image: it has 101 scans, more than 100");
  EXPECT_EQ(refusal(jpeg_of_many_scans(1000, 100)).find("scans, more"), std::string::npos);
}

// What is asked for before there is memory: enough for the image, and for what a decoder holds.
TEST(Memory, IsAskedForBeforeItIsTaken) {
  struct Asked {};
  for (const auto& [file, least] :
       {std::pair{webp(16383), std::size_t{16383} * 16383 * 7},
        {jpeg_of_many_scans(8000, 10), std::size_t{8000} * 8000 * 3},
        {"PF 8000 8000 -1\n"s + std::string(std::size_t{8000} * 8000 * 12, '\0'),
         std::size_t{8000} * 8000 * 12}}) {
    std::size_t asked = 0;
    const long before = peak_kilobytes();
    EXPECT_THROW((void)decoded(file, {.reserve =
                                          [&](const Footprint& image) {
                                            asked = image.peak();
                                            throw Asked();
                                          }}),
                 Asked);
    EXPECT_GE(asked, least);
    EXPECT_LT(asked, 2 * least);
    EXPECT_LT(peak_kilobytes() - before, 40 * 1024);
  }
}

TEST(Memory, ARefusedFileTakesLittle) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer has memory of its own";
#endif
  for (const auto& [name, file] : {std::pair{"WebP", webp(16383)},
                                   {"BMP", bmp(16384)},
                                   {"TIFF", tiff(16384)},
                                   {"PNM", "P6 16384 16384 255\n"s},
                                   {"JPEG", jpeg_of_many_scans(12000, 101)},
                                   {"animation", data_file("huge-canvas.webp")}}) {
    const long before = peak_kilobytes();
    EXPECT_NE(refusal(file), "taken") << name;
    EXPECT_LT(peak_kilobytes() - before, 40 * 1024) << name;
  }
}

}  // namespace
}  // namespace qsample
