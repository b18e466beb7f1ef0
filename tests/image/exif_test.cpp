#include "image/exif.h"

#include <gtest/gtest.h>

#include <cstring>

#include "pictures.h"

namespace qsample {
namespace {

// A TIFF structure with one entry, the orientation.
std::string exif_block(int orientation, bool big_endian) {
  std::string block =
      big_endian ? std::string("MM\0*\0\0\0\x8", 8) : std::string("II*\0\x8\0\0\0", 8);
  const auto put = [&](unsigned value, int bytes) {
    for (int i = 0; i < bytes; ++i) {
      block += static_cast<char>(value >> 8 * (big_endian ? bytes - 1 - i : i) & 0xFF);
    }
  };
  put(1, 2);       // entries
  put(0x0112, 2);  // Orientation
  put(3, 2);       // of type SHORT
  put(1, 4);       // one of it
  put(static_cast<unsigned>(orientation), 2);
  put(0, 2);
  put(0, 4);  // no further directory
  return block;
}

Bytes bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

TEST(ExifOrientation, IsReadInBothByteOrdersWithAndWithoutItsHeader) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    for (const bool big_endian : {false, true}) {
      const auto block = exif_block(orientation, big_endian);
      EXPECT_EQ(exif_orientation(bytes_of(block)), orientation);
      EXPECT_EQ(exif_orientation(bytes_of(std::string("Exif\0\0", 6) + block)), orientation);
    }
  }
}

TEST(ExifOrientation, IsNotThereInNonsense) {
  EXPECT_EQ(exif_orientation(bytes_of(exif_block(9, false))), std::nullopt);
  EXPECT_EQ(exif_orientation(bytes_of(exif_block(0, true))), std::nullopt);
  EXPECT_EQ(exif_orientation({}), std::nullopt);
  EXPECT_EQ(exif_orientation(bytes_of("Exif")), std::nullopt);
  EXPECT_EQ(exif_orientation(bytes_of(exif_block(6, false).substr(0, 15))), std::nullopt);
}

std::vector<std::uint8_t> turned(std::vector<std::uint8_t> stored, int width, int height,
                                 int orientation) {
  Image image{width, height, 1, Planes<std::uint8_t>{std::move(stored), {}}};
  make_upright(image, orientation);
  return std::get<Planes<std::uint8_t>>(image.planes).colour;
}

// The letter F as the eight orientations of the EXIF standard (CIPA DC-008, table 4.6.4) store it.
TEST(MakeUpright, ShowsTheLetterFFromEveryOrientation) {
  const std::vector<std::uint8_t> f = {1, 1, 1,  //
                                       1, 0, 0,  //
                                       1, 1, 0,  //
                                       1, 0, 0};
  EXPECT_EQ(turned(f, 3, 4, 1), f);
  EXPECT_EQ(turned({1, 1, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1}, 3, 4, 2), f);
  EXPECT_EQ(turned({0, 0, 1, 0, 1, 1, 0, 0, 1, 1, 1, 1}, 3, 4, 3), f);
  EXPECT_EQ(turned({1, 0, 0, 1, 1, 0, 1, 0, 0, 1, 1, 1}, 3, 4, 4), f);
  EXPECT_EQ(turned({1, 1, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0}, 4, 3, 5), f);
  EXPECT_EQ(turned({1, 0, 0, 0, 1, 0, 1, 0, 1, 1, 1, 1}, 4, 3, 6), f);
  EXPECT_EQ(turned({0, 0, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1}, 4, 3, 7), f);
  EXPECT_EQ(turned({1, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 1}, 4, 3, 8), f);
}

TEST(MakeUpright, TakesColoursAndAlphaAlong) {
  const Image original = picture<std::uint16_t>(5, 3, 3, true);
  Image image = original;
  make_upright(image, 6);
  EXPECT_EQ(image.width, 3);
  EXPECT_EQ(image.height, 5);
  EXPECT_FALSE(same_pixels(image, original));
  make_upright(image, 8);  // a quarter turn back
  EXPECT_TRUE(same_pixels(image, original));
}

}  // namespace
}  // namespace qsample
