// Files that are cut, changed, or go on behind their end.

#include <gtest/gtest.h>

#include "files.h"
#include "pictures.h"
#include "qsample/error.h"

namespace qsample {
namespace {

std::vector<std::byte> data_file(const std::string& name) {
  return read_file(std::string(QSAMPLE_TEST_DATA) + "/images/" + name);
}

std::string refusal_of(Bytes file, const DecodeOptions& options = {}) {
  return refusal({reinterpret_cast<const char*>(file.data()), file.size()}, options);
}

std::vector<std::byte> file_of(const std::string& extension) {
  const Codec& codec = *codec_for_extension(extension);
  const bool floats = codec.depths.front() == 32;
  const Image image =
      floats ? picture<float>(9, 7, 3, false) : picture<std::uint8_t>(21, 17, 3, false);
  return encoded(image, codec, {.extension = extension});
}

constexpr const char* kFormats[] = {".png", ".jpg", ".webp", ".tiff", ".bmp",
                                    ".ppm", ".exr", ".pfm",  ".npy",  ".safetensors"};

// Cut anywhere, a file is refused: never half an image.
TEST(Damage, AFileOfEachFormatCutAtAnyByteIsRefused) {
  for (const char* extension : kFormats) {
    const auto whole = file_of(extension);
    EXPECT_EQ(refusal_of(whole), "taken") << extension;
    for (std::size_t size = 1; size < whole.size(); ++size)
      EXPECT_NE(refusal_of(std::span(whole).first(size)), "taken") << extension << " of " << size;
  }
}

// The same for kinds that qsample does not write.
TEST(Damage, OtherKindsCutAtAnyByteAreRefused) {
  for (const char* name : {"rle4-padded.bmp", "rle8-padded.bmp", "opaque-animation.webp",
                           "fax.tiff", "palette.png", "turned6.tiff", "turned6.webp"}) {
    const auto whole = data_file(name);
    EXPECT_EQ(refusal_of(whole), "taken") << name;
    for (std::size_t size = 1; size < whole.size(); ++size)
      EXPECT_NE(refusal_of(std::span(whole).first(size)), "taken") << name << " of " << size;
  }
}

// What lies behind the end of an image: refused with the option that lets it pass, but for formats
// whose files may have more.
TEST(Damage, WhatIsBehindTheEndPassesOnlyWhereItIsAllowed) {
  for (const char* extension : {".png", ".webp", ".ppm", ".pfm", ".npy", ".safetensors"}) {
    SCOPED_TRACE(extension);
    auto longer = file_of(extension);
    const Image whole = decode_image(longer, "in");
    longer.resize(longer.size() + 5, std::byte{7});
    EXPECT_NE(refusal_of(longer).find(
                  "there is more behind its end; `allow-damaged` takes it nevertheless"),
              std::string::npos)
        << refusal_of(longer);
    std::vector<std::string> warnings;
    const Image image =
        decode_image(longer, "in", {.allow_damaged = true, .warn = [&](const std::string& text) {
                                      warnings.push_back(text);
                                    }});
    EXPECT_TRUE(same_pixels(image, whole));
    EXPECT_EQ(image.damage, "there is more behind its end");
    EXPECT_EQ(warnings,
              std::vector<std::string>{"in: it is damaged: there is more behind its end"});
  }
  for (const char* extension : {".jpg", ".tiff", ".bmp", ".exr"}) {
    auto longer = file_of(extension);
    longer.resize(longer.size() + 5, std::byte{7});
    EXPECT_EQ(refusal_of(longer), "taken") << extension;
  }
}

TEST(Damage, OfAJpegNamesTheOptionThatTakesIt) {
  const auto file = data_file("extra-table.jpg");
  EXPECT_EQ(refusal_of(file),
            "in: JPEG image: Corrupt JPEG data: 2 extraneous bytes before marker 0xdb; "
            "`allow-damaged` takes it nevertheless");
  EXPECT_EQ(refusal_of(file, {.allow_damaged = true}), "taken");
  const auto whole = file_of(".jpg");
  const Bytes cut = std::span(whole).first(whole.size() - 100);
  EXPECT_EQ(refusal_of(cut),
            "in: JPEG image: it is truncated; `allow-damaged` takes it nevertheless");
  EXPECT_EQ(refusal_of(cut, {.allow_damaged = true}), "taken");
}

// A large file is read by steps, and each format tells from what was read where it ends.
TEST(Extent, IsTheEndOfTheFileOrOneByteBehind) {
  for (const char* extension : kFormats) {
    SCOPED_TRACE(extension);
    const auto whole = file_of(extension);
    auto longer = whole;
    longer.resize(whole.size() + 9000, std::byte{7});
    const auto extent = extent_of(longer, "in", {});
    ASSERT_TRUE(extent);
    const bool may_go_on = refusal_of(longer) == "taken";
    EXPECT_EQ(*extent, whole.size() + (may_go_on ? 0 : 1));
    // And from a part: the same, or nothing yet.
    for (std::size_t size = 4096; size < whole.size(); size += 501) {
      const auto part = extent_of(std::span(longer).first(size), "in", {});
      if (part) {
        EXPECT_EQ(*part, *extent) << size;
      }
    }
  }
}

TEST(Extent, RefusesWhatNoPixelsExplain) {
  // A chunk of image data of 2 GB in an image of one pixel.
  auto png = encoded(picture<std::uint8_t>(1, 1, 1, false), kPng, {.extension = ".png"});
  const std::string_view text(reinterpret_cast<const char*>(png.data()), png.size());
  png[text.find("IDAT") - 4] = std::byte{0x7F};
  EXPECT_THROW((void)extent_of(png, "in", {}), Error);
  // A scan that does not end.
  auto jpeg = encoded(picture<std::uint8_t>(1, 1, 1, false), kJpeg, {.extension = ".jpg"});
  jpeg.resize(jpeg.size() - 2);
  EXPECT_EQ(extent_of(jpeg, "in", {}), std::nullopt);
  jpeg.resize(std::size_t{65} << 20);
  EXPECT_THROW((void)extent_of(jpeg, "in", {}), Error);
}

}  // namespace
}  // namespace qsample
