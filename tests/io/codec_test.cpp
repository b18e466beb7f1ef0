#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>

#include "io/file.h"
#include "io/image_io.h"
#include "pictures.h"
#include "qsample/error.h"

namespace qsample {
namespace {

std::vector<std::byte> encoded(const Image& image, const std::string& extension,
                               const std::string& record = "") {
  return encode_image(image, *codec_for_extension(extension), {extension, record}, "out");
}

Image data_image(const std::string& name) {
  const std::string path = std::string(QSAMPLE_TEST_DATA) + "/images/" + name;
  return decode_image(read_file(path), path);
}

struct Layout {
  const char* extension;
  int depth, channels;
  bool alpha;
};

class Lossless : public ::testing::TestWithParam<Layout> {};

TEST_P(Lossless, PixelsComeBack) {
  const Layout& layout = GetParam();
  for (const auto& [width, height] : {std::pair{37, 29}, {1, 1}, {64, 3}}) {
    Image image = layout.depth == 8
                      ? picture<std::uint8_t>(width, height, layout.channels, layout.alpha)
                      : picture<std::uint16_t>(width, height, layout.channels, layout.alpha);
    const auto bytes = encoded(image, layout.extension);
    EXPECT_TRUE(same_pixels(decode_image(bytes, "in"), image)) << width << "x" << height;
  }
}

INSTANTIATE_TEST_SUITE_P(
    , Lossless,
    ::testing::Values(
        Layout{".png", 8, 1, false}, Layout{".png", 8, 1, true}, Layout{".png", 8, 3, false},
        Layout{".png", 8, 3, true}, Layout{".png", 16, 1, false}, Layout{".png", 16, 1, true},
        Layout{".png", 16, 3, false}, Layout{".png", 16, 3, true}, Layout{".tiff", 8, 1, false},
        Layout{".tiff", 8, 3, false}, Layout{".tiff", 8, 3, true}, Layout{".tiff", 16, 1, false},
        Layout{".tiff", 16, 3, false}, Layout{".tiff", 16, 3, true}, Layout{".webp", 8, 3, false},
        Layout{".bmp", 8, 1, false}, Layout{".bmp", 8, 3, false}, Layout{".pnm", 8, 1, false},
        Layout{".pnm", 8, 3, false}, Layout{".pgm", 16, 1, false}, Layout{".ppm", 16, 3, false}),
    [](const auto& test) {
      const Layout& layout = test.param;
      return std::string(layout.extension + 1) + std::to_string(layout.depth) + "bit" +
             std::to_string(layout.channels) + (layout.alpha ? "alpha" : "");
    });

TEST(Png, CarriesTheRecord) {
  const Image image = picture<std::uint8_t>(3, 2, 3, false);
  EXPECT_EQ(record_in(encoded(image, ".png", R"({"seed": 1})"), "f"), R"({"seed": 1})");
  EXPECT_EQ(record_in(encoded(image, ".png"), "f"), std::nullopt);
  EXPECT_EQ(record_in(encoded(image, ".bmp"), "f"), std::nullopt);
}

// Values as ImageMagick made them (tests/data/images/make.sh), written out here by hand.
TEST(Png, ExpandsPalettesPackedBitsAndTransparentColours) {
  const Image packed = data_image("grey2bit.png");
  EXPECT_EQ(packed.channels, 1);
  EXPECT_EQ(std::get<0>(packed.planes).colour, (std::vector<std::uint8_t>{0, 85, 170, 255}));
  const Image palette = data_image("palette.png");
  EXPECT_EQ(palette.channels, 3);
  EXPECT_EQ(std::get<0>(palette.planes).colour, (std::vector<std::uint8_t>{255, 0, 0, 0, 0, 255}));
  const Image grey_trns = data_image("grey-trns.png");
  EXPECT_EQ(grey_trns.channels, 1);
  EXPECT_EQ(std::get<0>(grey_trns.planes).colour, (std::vector<std::uint8_t>{10, 200}));
  EXPECT_EQ(std::get<0>(grey_trns.planes).alpha, (std::vector<std::uint8_t>{0, 255}));
  const Image deep = data_image("grey16.png");
  EXPECT_EQ(std::get<1>(deep.planes).colour, (std::vector<std::uint16_t>{0, 1, 258, 65535}));
}

// Red left of green left of blue when seen upright, in whatever way it is stored.
TEST(Orientation, IsAppliedInEveryFormatThatHasOne) {
  for (const char* name :
       {"right-side-up.jpg", "turned6.jpg", "turned6.png", "turned6.webp", "turned6.tiff"}) {
    SCOPED_TRACE(name);
    const Image image = data_image(name);
    ASSERT_EQ(image.width, 48);
    ASSERT_EQ(image.height, 16);
    const auto& colour = std::get<0>(image.planes).colour;
    for (std::size_t third = 0; third < 3; ++third) {
      const std::size_t at = (8 * 48 + 8 + 16 * third) * 3;
      for (std::size_t c = 0; c < 3; ++c) {
        EXPECT_NEAR(colour[at + c], c == third ? 255 : 0, 3) << "third " << third;
      }
    }
  }
}

TEST(Jpeg, KeepsGreyAndRefusesCmyk) {
  EXPECT_EQ(data_image("grey.jpg").channels, 1);
  EXPECT_THROW((void)data_image("cmyk.jpg"), Error);
}

TEST(Jpeg, IsCloseToWhatWasEncoded) {
  Image image{64, 48, 3, {}};
  Planes<std::uint8_t> planes;
  for (std::size_t i = 0; i < image.samples(); ++i)
    planes.colour.push_back(static_cast<std::uint8_t>(i / 64));
  image.planes = planes;
  const auto back = decode_image(encoded(image, ".jpg"), "in");
  ASSERT_EQ(back.samples(), image.samples());
  for (std::size_t i = 0; i < image.samples(); ++i) {
    EXPECT_NEAR(std::get<0>(back.planes).colour[i], planes.colour[i], 12);
  }
}

TEST(Formats, RefuseWhatTheyCannotHold) {
  const Image deep = picture<std::uint16_t>(3, 2, 3, false);
  const Image clear = picture<std::uint8_t>(300, 2, 3, true);
  for (const char* extension : {".jpg", ".webp", ".bmp"}) {
    EXPECT_THROW((void)encoded(deep, extension), Error) << extension;
  }
  for (const char* extension : {".jpg", ".webp", ".bmp", ".pnm"}) {
    EXPECT_THROW((void)encoded(clear, extension), Error) << extension;
  }
  EXPECT_THROW((void)encoded(picture<std::uint8_t>(2, 2, 3, false), ".pgm"), Error);
}

// Cut anywhere, a file is refused: never half an image.
TEST(Damage, TruncationIsRefused) {
  const Image image = picture<std::uint8_t>(40, 30, 3, false);
  for (const char* extension : {".png", ".jpg", ".webp", ".tiff", ".bmp", ".ppm"}) {
    const auto whole = encoded(image, extension);
    for (std::size_t cut = 1; cut < whole.size(); cut += 1 + whole.size() / 97) {
      const auto part = std::span(whole).first(whole.size() - cut);
      EXPECT_THROW((void)decode_image(part, "in"), Error) << extension << " less " << cut;
    }
  }
}

TEST(Damage, AFlippedBitOfAPngIsRefused) {
  const auto whole = encoded(picture<std::uint8_t>(20, 10, 3, false), ".png", "{}");
  for (std::size_t i = 8; i < whole.size(); ++i) {
    auto bytes = whole;
    bytes[i] ^= std::byte{1};
    EXPECT_THROW((void)decode_image(bytes, "in"), Error) << "byte " << i;
  }
}

TEST(Damage, ForeignFilesAreRefusedWithTheKnownFormats) {
  const std::string text = "This is no image.";
  try {
    (void)decode_image(std::as_bytes(std::span(text)), "note.png");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(std::string(e.what()),
              "note.png: is no image of a known format (PNG, JPEG, WebP, TIFF, BMP, PNM)");
  }
}

TEST(Pnm, RefusesMaximaThatWouldBeMisread) {
  const std::string text = "P5 2 1 100\n\x10\x20";
  EXPECT_THROW((void)decode_image(std::as_bytes(std::span(text)), "in"), Error);
}

TEST(Registry, FindsFormatsByEnding) {
  EXPECT_EQ(codec_for_extension("PNG"), &kPng);
  EXPECT_EQ(codec_for_extension(".JpEg"), &kJpeg);
  EXPECT_EQ(codec_for_extension(".txt"), nullptr);
  EXPECT_EQ(codec_for_extension(""), nullptr);
}

}  // namespace
}  // namespace qsample
