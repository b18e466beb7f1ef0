// Formats that OpenCV reads: the samples of files that others wrote (tests/data/opencv/make.py),
// and what is refused.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "files.h"
#include "pictures.h"
#include "qsample/error.h"

namespace qsample {
namespace {

std::vector<std::byte> data_file(const std::string& name) {
  return read_file(std::string(QSAMPLE_TEST_DATA) + "/opencv/" + name);
}

Image data_image(const std::string& name) { return decode_image(data_file(name), "in"); }

std::string refusal_of(Bytes file, const DecodeOptions& options = {}) {
  return refusal({reinterpret_cast<const char*>(file.data()), file.size()}, options);
}

// Every file that is read.
constexpr const char* kRead[] = {"rgb.jp2",    "bare.j2k", "rgba.jp2",   "grey.jp2", "grey16.jp2",
                                 "grey12.jp2", "flat.hdr", "runs.hdr",   "rgb.ras",  "old.ras",
                                 "wide.ras",   "grey.ras", "palette.ras"};

bool opencv_is_loaded() {
  const auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  void* found = ::dlopen((here / "qsample-opencv.so").c_str(), RTLD_NOW | RTLD_NOLOAD);
  if (found != nullptr) ::dlclose(found);
  return found != nullptr;
}

TEST(ByOpenCv, HasTheSamplesOfThePng) {
  for (const auto& [name, same] :
       std::vector<std::pair<const char*, const char*>>{{"rgb.jp2", "rgb.png"},
                                                        {"bare.j2k", "rgb.png"},
                                                        {"rgba.jp2", "rgba.png"},
                                                        {"grey.jp2", "grey.png"},
                                                        {"grey16.jp2", "grey16.png"},
                                                        {"rgb.ras", "rgb.png"},
                                                        {"old.ras", "rgb.png"},
                                                        {"grey.ras", "grey.png"},
                                                        {"palette.ras", "palette.png"}}) {
    EXPECT_TRUE(same_pixels(data_image(name), data_image(same))) << name;
  }
  Image padded = data_image("rgba.png");  // whose fourth byte is nothing in a Sun raster
  std::get<0>(padded.planes).alpha.clear();
  EXPECT_TRUE(same_pixels(data_image("wide.ras"), padded));
}

TEST(ByOpenCv, TakesFewerBitsToTheWholeRange) {
  const auto deep = std::get<1>(data_image("grey16.png").planes).colour;
  const auto twelve = std::get<1>(data_image("grey12.jp2").planes).colour;
  ASSERT_EQ(twelve.size(), deep.size());
  for (std::size_t i = 0; i < deep.size(); ++i) {
    const double level = std::round(twelve[i] * 4095.0 / 65535);
    EXPECT_EQ(twelve[i], std::round(level * 65535 / 4095)) << i;
    EXPECT_NEAR(level, deep[i] * 4095.0 / 65535, 4) << i;  // it was compressed with loss
  }
}

// (r, g, b) 2^(e - 136), as Radiance has it.
TEST(ByOpenCv, HasTheFloatsOfRadiance) {
  const auto file = data_file("flat.hdr");
  const Image image = decode_image(file, "in");
  ASSERT_EQ(image.width, 5);
  ASSERT_EQ(image.height, 9);
  const auto& colour = std::get<Planes<float>>(image.planes).colour;
  const auto* pixel = file.data() + file.size() - image.pixels() * 4;
  for (std::size_t i = 0; i < image.pixels(); ++i, pixel += 4) {
    const double unit = std::ldexp(1.0, std::to_integer<int>(pixel[3]) - 136);
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_EQ(colour[3 * i + c], std::to_integer<int>(pixel[c]) * unit);
    }
  }
  const Image runs = data_image("runs.hdr");
  const Image rgb = data_image("rgb.png");
  ASSERT_EQ(runs.samples(), rgb.samples());
  for (std::size_t i = 0; i < rgb.samples(); ++i) {
    const auto row = static_cast<int>(i / (std::size_t{13} * 3));
    EXPECT_EQ(std::get<Planes<float>>(runs.planes).colour[i],
              std::get<0>(rgb.planes).colour[i] * std::ldexp(1.0, 120 + row - 136));
  }
}

TEST(ByOpenCv, ACutAnywhereIsRefused) {
  for (const char* name : kRead) {
    const auto whole = data_file(name);
    EXPECT_EQ(refusal_of(whole), "taken") << name;
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_NE(refusal_of(Bytes(whole).first(size)), "taken") << name << " cut to " << size;
    }
  }
}

// Told from the tile-parts: older versions of OpenJPEG make up what is not there.
TEST(ByOpenCv, ACutCodestreamIsRefusedBeforeOpenCvSeesIt) {
  const auto whole = data_file("bare.j2k");
  for (std::size_t size = 10; size < whole.size(); ++size) {
    EXPECT_TRUE(
        refusal_of(Bytes(whole).first(size)).starts_with("in: JPEG 2000 image: it is trunc"))
        << size;
  }
}

TEST(ByOpenCv, WhatItReadsOtherwiseIsRefusedByName) {
  for (const auto& [name, reason] : std::vector<std::pair<const char*, const char*>>{
           {"grey-alpha.jp2", "it has 2 channels; only grey, RGB and RGB with alpha are read"},
           {"ycc.jp2", "its colour space (18) is not read; convert it to RGB first"},
           {"subsampled.jp2", "its channels are of different sizes, which is not read"}}) {
    EXPECT_EQ(refusal_of(data_file(name)), "in: JPEG 2000 image: " + std::string(reason));
  }
  for (const auto& [name, reason] : std::vector<std::pair<const char*, const char*>>{
           {"turned.hdr",
            "its pixels do not run in rows from the top left, but as '+Y 9 +X 5', which is not "
            "read"},
           {"xyz.hdr", "its pixels are '32-bit_rle_xyze'; only 32-bit_rle_rgbe is read"}}) {
    EXPECT_EQ(refusal_of(data_file(name)), "in: Radiance HDR image: " + std::string(reason));
  }
  for (const auto& [name, reason] : std::vector<std::pair<const char*, const char*>>{
           {"rgb-order.ras", "it is of a kind (3) that is not read; convert it to PNG first"},
           {"runs.ras", "it is of a kind (2) that is not read; convert it to PNG first"},
           {"no-table.ras",
            "its samples of 8 bits without a table of colours are not read; convert it to PNG "
            "first"},
           {"short-table.ras", "its table has no colour 7"}}) {
    EXPECT_EQ(refusal_of(data_file(name)), "in: Sun raster image: " + std::string(reason));
  }
}

// A fourth channel that nobody says is none of the colours may be the black of CMYK.
TEST(ByOpenCv, AFourthChannelIsAlphaWhereTheColoursAreNamed) {
  auto file = data_file("rgba.jp2");
  EXPECT_TRUE(decode_image(file, "in").has_alpha());
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  const std::size_t stream = text.find("\xFF\x4F\xFF\x51");
  EXPECT_EQ(refusal_of(Bytes(file).subspan(stream)),
            "in: JPEG 2000 image: it has 4 channels; only grey, RGB and RGB with alpha are read");
}

TEST(ByOpenCv, LimitsHoldBeforeItIsLoaded) {
  if (opencv_is_loaded()) GTEST_SKIP() << "another test has loaded OpenCV";
  struct TooMuch {};
  for (const char* name : kRead) {
    SCOPED_TRACE(name);
    const auto file = data_file(name);
    EXPECT_TRUE(is_image(file));
    EXPECT_NE(refusal_of(file, {.max_pixels = 44}).find("more than 44; `max-pixels`"),
              std::string::npos);
    EXPECT_NE(refusal_of(file, {.frame = 2}), "taken");
    const DecodeOptions options{.reserve = [](const Footprint& image) {
      EXPECT_GE(image.peak(), 2 * image.bytes());
      throw TooMuch();
    }};
    EXPECT_THROW((void)decode_image(file, "in", options), TooMuch);
  }
  EXPECT_FALSE(opencv_is_loaded());
  (void)data_image("rgb.jp2");
  EXPECT_TRUE(opencv_is_loaded());
}

TEST(ByOpenCv, TheReaderIsToldOfTheseFormatsAlone) {
  for (const char* name : kRead) {
    EXPECT_TRUE(data_image(name).reader.starts_with("OpenCV ")) << name;
  }
  EXPECT_EQ(data_image("rgb.png").reader, "");
  const auto exr = encoded(picture<float>(3, 2, 3, false), kExr, {.extension = ".exr"});
  EXPECT_EQ(decode_image(exr, "in").reader, "");
}

TEST(ByOpenCv, TheProfileComesAlong) {
  auto file = data_file("rgb.jp2");
  // A profile in the place of the name of the colour space.
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  const std::size_t box = text.find("colr") - 4;
  const std::size_t header = text.find("jp2h") - 4;
  std::string profile(132, '\0');
  profile.replace(16, 4, "RGB ");
  profile.replace(36, 4, "acsp");
  const auto begin = file.begin() + static_cast<std::ptrdiff_t>(box);
  file[box + 8] = std::byte{2};
  file.erase(begin + 11, begin + 15);
  for (std::size_t i = 0; i < profile.size(); ++i) {
    file.insert(file.begin() + static_cast<std::ptrdiff_t>(box + 11 + i), std::byte(profile[i]));
  }
  file[box + 3] = std::byte(11 + 132);
  file[header + 3] = std::byte(std::to_integer<int>(file[header + 3]) + 128);
  const Image image = decode_image(file, "in");
  EXPECT_EQ(image.annotations.icc.size(), profile.size());
  EXPECT_TRUE(same_pixels(image, data_image("rgb.png")));
}

TEST(ByOpenCv, IsNotWritten) {
  for (const char* extension : {".jp2", ".j2k", ".hdr", ".ras"}) {
    EXPECT_EQ(codec_for_extension(extension), nullptr);
    EXPECT_TRUE(is_image_extension(extension));
  }
  EXPECT_EQ(writable_extensions().find("jp2"), std::string::npos);
}

}  // namespace
}  // namespace qsample
