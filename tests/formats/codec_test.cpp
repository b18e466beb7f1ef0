#include <gtest/gtest.h>
#include <libdeflate.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "files.h"
#include "pictures.h"
#include "profiles.h"
#include "qsample/error.h"

namespace qsample {
namespace {

std::vector<std::byte> encoded(const Image& image, const std::string& extension,
                               const std::string& record = "") {
  std::vector<std::byte> file;
  encode_image(image, {extension, record}, "out",
               [&](Bytes piece) { file.insert(file.end(), piece.begin(), piece.end()); });
  return file;
}

Image data_image(const std::string& name) {
  const std::string path = std::string(QSAMPLE_TEST_DATA) + "/images/" + name;
  return decode_image(read_file(path), path);
}

struct Case {
  const char* extension;
  int depth, channels;
  bool alpha;
};

class Lossless : public ::testing::TestWithParam<Case> {};

TEST_P(Lossless, PixelsComeBack) {
  const Case& layout = GetParam();
  for (const auto& [width, height] : {std::pair{37, 29}, {1, 1}, {64, 3}}) {
    const Image image =
        layout.depth == 8    ? picture<std::uint8_t>(width, height, layout.channels, layout.alpha)
        : layout.depth == 16 ? picture<std::uint16_t>(width, height, layout.channels, layout.alpha)
                             : picture<float>(width, height, layout.channels, layout.alpha);
    const auto bytes = encoded(image, layout.extension);
    EXPECT_TRUE(same_pixels(decode_image(bytes, "in"), image)) << width << "x" << height;
  }
}

INSTANTIATE_TEST_SUITE_P(
    , Lossless,
    ::testing::Values(
        Case{".png", 8, 1, false}, Case{".png", 8, 1, true}, Case{".png", 8, 3, false},
        Case{".png", 8, 3, true}, Case{".png", 16, 1, false}, Case{".png", 16, 1, true},
        Case{".png", 16, 3, false}, Case{".png", 16, 3, true}, Case{".tiff", 8, 1, false},
        Case{".tiff", 8, 3, false}, Case{".tiff", 8, 3, true}, Case{".tiff", 16, 1, false},
        Case{".tiff", 16, 3, false}, Case{".tiff", 16, 3, true}, Case{".webp", 8, 3, false},
        Case{".webp", 8, 3, true}, Case{".tiff", 8, 1, true}, Case{".tiff", 16, 1, true},
        Case{".bmp", 8, 1, false}, Case{".bmp", 8, 3, false}, Case{".pnm", 8, 1, false},
        Case{".pnm", 8, 3, false}, Case{".pgm", 16, 1, false}, Case{".ppm", 16, 3, false},
        Case{".tiff", 32, 1, false}, Case{".tiff", 32, 3, false}, Case{".tiff", 32, 3, true},
        Case{".exr", 32, 1, false}, Case{".exr", 32, 3, false}, Case{".pfm", 32, 1, false},
        Case{".pfm", 32, 3, false}, Case{".npy", 32, 1, false}, Case{".npy", 32, 3, false}),
    [](const auto& test) {
      const Case& layout = test.param;
      return std::string(layout.extension + 1) + std::to_string(layout.depth) + "bit" +
             std::to_string(layout.channels) + (layout.alpha ? "alpha" : "");
    });

TEST(Png, CarriesTheRecord) {
  const Image image = picture<std::uint8_t>(3, 2, 3, false);
  EXPECT_EQ(record_in(encoded(image, ".png", R"({"seed": 1})"), "f"), R"({"seed": 1})");
  EXPECT_EQ(record_in(encoded(image, ".png"), "f"), std::nullopt);
  EXPECT_EQ(record_in(encoded(image, ".bmp"), "f"), std::nullopt);
  // The beginning of a file that holds it is enough.
  const auto file = encoded(image, ".png", R"({"seed": 1})");
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  const auto end = text.find(R"({"seed": 1})") + 11 + 4;  // the chunk's checksum
  EXPECT_EQ(record_in(Bytes(file).first(end), "f"), R"({"seed": 1})");
  EXPECT_EQ(record_in(Bytes(file).first(end - 1), "f"), std::nullopt);
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
  for (const char* extension : {".jpg", ".bmp", ".pnm"}) {
    EXPECT_THROW((void)encoded(clear, extension), Error) << extension;
  }
  EXPECT_THROW((void)encoded(picture<std::uint8_t>(2, 2, 3, false), ".pgm"), Error);
}

// A tensor of any number of channels, sample by sample as its header says that they are; and every
// other format refuses it, before it looks at anything else.
TEST(Formats, TensorsHaveAnyNumberOfChannels) {
  for (const int channels : {2, 4, 16}) {
    const Image image = picture<float>(3, 2, channels, false);
    const auto& samples = std::get<2>(image.planes).colour;
    const std::string count = std::to_string(channels);
    for (const auto& [extension, shape] :
         {std::pair{".npy", "(" + count + ", 2, 3)"}, {".safetensors", "[" + count + ",2,3]"}}) {
      const auto file = encoded(image, extension);
      const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
      EXPECT_NE(text.find(shape), std::string_view::npos) << extension;
      std::vector<float> planar(samples.size());
      std::memcpy(planar.data(), &file[file.size() - 4 * planar.size()], 4 * planar.size());
      for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c) {
        for (std::size_t pixel = 0; pixel < 6; ++pixel) {
          EXPECT_EQ(planar[c * 6 + pixel], samples[pixel * static_cast<std::size_t>(channels) + c]);
        }
      }
    }
    for (const char* extension :
         {".png", ".jpg", ".webp", ".tiff", ".bmp", ".ppm", ".exr", ".pfm"}) {
      try {
        (void)encoded(image, extension);
        ADD_FAILURE() << extension;
      } catch (const Error& e) {
        EXPECT_NE(std::string(e.what()).find(" holds 1 or 3 channels, and this has " + count +
                                             "; .npy and .safetensors hold it: choose one by the "
                                             "output's ending or by `format`"),
                  std::string::npos)
            << e.what();
      }
    }
  }
}

TEST(Formats, AnEndingThatNoneIsWrittenWithIsRefused) {
  const Image image = picture<std::uint8_t>(2, 2, 3, false);
  try {
    (void)encoded(image, ".txt");
    FAIL();
  } catch (const InvalidArgument& e) {
    EXPECT_EQ(e.parameter(), "extension");
    EXPECT_EQ(std::string(e.what()).substr(0, 73),
              "`extension` '.txt' is of no format that is written; these are: .png, .jpg");
  }
}

TEST(Annotations, GoFromFormatToFormat) {
  Image image = picture<std::uint8_t>(4, 3, 3, false);
  image.annotations.icc = profile("RGB ", 100000);
  image.annotations.resolution = {11811, 5906};  // 300 and 150 dots an inch
  image.annotations.texts = {{"tEXt", {std::byte{'k'}, std::byte{0}, std::byte{'v'}}}};
  for (const char* extension : {".png", ".jpg", ".tiff", ".webp"}) {
    SCOPED_TRACE(extension);
    const Annotations notes = decode_image(encoded(image, extension), "in").annotations;
    EXPECT_EQ(notes.icc, image.annotations.icc);
    if (extension == std::string(".webp")) continue;
    ASSERT_TRUE(notes.resolution);
    EXPECT_EQ(notes.resolution->x, 11811U);
    EXPECT_EQ(notes.resolution->y, 5906U);
  }
  const auto png = decode_image(encoded(image, ".png", "{}"), "in").annotations;
  ASSERT_EQ(png.texts.size(), 1U);  // the record is not one of them
  EXPECT_EQ(png.texts[0].data, image.annotations.texts[0].data);
}

TEST(Limits, TooManyPixelsAreRefusedAndAFrameMustExist) {
  const Image image = picture<std::uint8_t>(40, 30, 3, false);
  for (const char* extension : {".png", ".jpg", ".webp", ".tiff", ".bmp", ".ppm"}) {
    SCOPED_TRACE(extension);
    const auto file = encoded(image, extension);
    EXPECT_EQ(decode_image(file, "in", {.max_pixels = 1200}).pixels(), 1200U);
    EXPECT_THROW((void)decode_image(file, "in", {.max_pixels = 1199}), Error);
    EXPECT_THROW((void)decode_image(file, "in", {.frame = 2}), Error);
  }
}

TEST(Damage, AFlippedBitOfAPngIsRefused) {
  const auto whole = encoded(picture<std::uint8_t>(20, 10, 3, false), ".png", "{}");
  for (std::size_t i = 8; i < whole.size(); ++i) {
    auto bytes = whole;
    bytes[i] ^= std::byte{1};
    EXPECT_THROW((void)decode_image(bytes, "in"), Error) << "byte " << i;
    EXPECT_THROW((void)decode_image(bytes, "in", {.most_at_once = 0}), Error) << "byte " << i;
  }
}

// A palette of two colours, and indices of one bit; then the same with a palette of one.
TEST(Png, RefusesAnIndexWithoutAColour) {
  const std::string path = std::string(QSAMPLE_TEST_DATA) + "/images/palette.png";
  auto file = read_file(path);
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  const std::size_t at = text.find("PLTE") - 4;
  file.erase(file.begin() + static_cast<std::ptrdiff_t>(at) + 11,
             file.begin() + static_cast<std::ptrdiff_t>(at) + 14);
  file[at + 3] = std::byte{3};
  const std::uint32_t crc = libdeflate_crc32(0, &file[at + 4], 7);
  for (std::size_t i = 0; i < 4; ++i) file[at + 11 + i] = std::byte(crc >> (24 - 8 * i) & 0xFF);
  try {
    (void)decode_image(file, "in");
    FAIL();
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(), "in: PNG image: its palette has no colour 1");
  }
}

// A large image is inflated by another library, row by row, and its file may go on the way.
TEST(Png, PiecesGiveTheSameImageAndTellWhatIsRead) {
  for (const int channels : {1, 3}) {
    for (const bool alpha : {false, true}) {
      const Image image = picture<std::uint16_t>(700, 500, channels, alpha);
      const auto file = encoded(image, ".png");
      const std::byte* last = file.data();
      const DecodeOptions options{.most_at_once = 0, .passed = [&](const std::byte* here) {
                                    EXPECT_GE(here, last);
                                    last = here;
                                  }};
      EXPECT_TRUE(same_pixels(decode_image(file, "in", options), image));
      EXPECT_GT(last, file.data() + file.size() / 2);
      EXPECT_LT(last, file.data() + file.size());
    }
  }
}

// The rows of one more, and of one fewer, than the header says.
TEST(Png, RefusesImageDataOfAnotherSize) {
  for (const int change : {-1, 1}) {
    auto file = encoded(picture<std::uint8_t>(20, 10, 3, false), ".png");
    constexpr std::size_t kHeight = 8 + 8 + 4 + 3;
    file[kHeight] = std::byte(10 + change);
    const std::uint32_t crc = libdeflate_crc32(0, file.data() + 12, 17);
    for (std::size_t i = 0; i < 4; ++i) file[29 + i] = std::byte(crc >> (24 - 8 * i) & 0xFF);
    for (const std::size_t most : {std::size_t{0}, DecodeOptions().most_at_once}) {
      try {
        (void)decode_image(file, "in", {.most_at_once = most});
        FAIL();
      } catch (const Error& e) {
        EXPECT_NE(std::string(e.what()).find(change > 0 ? "too short" : "too long"),
                  std::string::npos)
            << e.what();
      }
    }
  }
}

TEST(Damage, ForeignFilesAreRefusedWithTheKnownFormats) {
  const std::string text = "This is not an image.";
  try {
    (void)decode_image(std::as_bytes(std::span(text)), "note.png");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(std::string(e.what()),
              "note.png: is not an image of a known format (PNG, JPEG, WebP, TIFF, BMP, PNM, EXR, "
              "PFM, NPY, NPZ, safetensors, JPEG 2000, Radiance HDR, Sun raster)");
  }
}

TEST(Floats, NanAndInfinityAreRefusedWithTheirPlace) {
  Image image = picture<float>(4, 3, 3, false);
  std::get<2>(image.planes).colour[19] = std::nanf("");
  for (const char* extension : {".npy", ".pfm", ".tiff", ".exr"}) {
    const auto bytes = encoded(image, extension);
    try {
      (void)decode_image(bytes, "in");
      ADD_FAILURE() << extension;
    } catch (const Error& e) {
      EXPECT_NE(std::string(e.what()).find("NaN, first at pixel (2, 1)"), std::string::npos)
          << e.what();
    }
  }
}

TEST(Pfm, TakesAnyWhiteSpaceInItsHeaderAndNothingBehindItsEnd) {
  const std::string samples(8, '\0');
  for (const char* header : {"Pf\n2 1\n-1.0\n", "Pf 2 1 -1.0\n", "Pf\r\n2 1\r\n-1.0\r\n",
                             "Pf\n2\n1\n-1\n", "Pf\n2   1\n-1.0 "}) {
    EXPECT_EQ(refusal(header + samples), "taken") << header;
    EXPECT_NE(refusal(header + samples + '\n').find("more behind its end"), std::string::npos);
    EXPECT_NE(refusal(header + samples.substr(1)).find("truncated"), std::string::npos);
  }
}

TEST(Registry, FindsFormatsByEnding) {
  EXPECT_EQ(codec_for_extension("PNG"), &kPng);
  EXPECT_EQ(codec_for_extension(".JpEg"), &kJpeg);
  EXPECT_EQ(codec_for_extension(".txt"), nullptr);
  EXPECT_EQ(codec_for_extension(""), nullptr);
}

}  // namespace
}  // namespace qsample
