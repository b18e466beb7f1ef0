// Files that claim to be large and are not: refused before they take memory.

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "files.h"

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

TEST(Memory, ARefusedFileTakesLittle) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer has memory of its own";
#endif
  for (const auto& [name, file] : {std::pair{"WebP", webp(16383)},
                                   {"BMP", bmp(16384)},
                                   {"TIFF", tiff(16384)},
                                   {"PNM", "P6 16384 16384 255\n"s}}) {
    const long before = peak_kilobytes();
    EXPECT_NE(refusal(file), "taken") << name;
    EXPECT_LT(peak_kilobytes() - before, 40 * 1024) << name;
  }
}

}  // namespace
}  // namespace qsample
