// Kinds of files that a reader easily takes for something else. The images are small files of
// tests/data/images; their pixels are told by the CRC-32 that both Pillow and ImageMagick read.

#include <gtest/gtest.h>
#include <libdeflate.h>

#include "files.h"
#include "pictures.h"

namespace qsample {
namespace {

Image data_image(const std::string& name) {
  return decode_image(read_file(std::string(QSAMPLE_TEST_DATA) + "/images/" + name), name);
}

std::string refusal_of_data(const std::string& name) {
  const auto bytes = read_file(std::string(QSAMPLE_TEST_DATA) + "/images/" + name);
  return refusal({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::uint32_t crc_of(const Image& image) {
  const auto& colour = std::get<0>(image.planes).colour;
  return libdeflate_crc32(0, colour.data(), colour.size());
}

TEST(Kinds, RunLengthsPaddedBehindTheEndOfARow) {
  EXPECT_EQ(crc_of(data_image("rle4-padded.bmp")), 0xaf178880);
  EXPECT_EQ(crc_of(data_image("rle8-padded.bmp")), 0x7404b93b);
}

TEST(Kinds, AnAnimationWithoutAlphaHasNone) {
  const Image image = data_image("opaque-animation.webp");
  EXPECT_FALSE(image.has_alpha());
  EXPECT_EQ(crc_of(image), 0xc3236495);
}

// 0 is white in fax where no tag says otherwise, as TIFFRGBAImage and Pillow have it.
TEST(Kinds, FaxHasWhiteForZeroUnlessItSaysOtherwise) {
  EXPECT_EQ(crc_of(data_image("fax.tiff")), 0x5b441527);
  EXPECT_EQ(crc_of(data_image("fax-no-photometric.tiff")), 0xac20ab3a);
}

// A band of unspecified meaning (near infrared, a stain) is not alpha.
TEST(Kinds, AFurtherBandOfATiffIsAlphaOnlyIfItSaysSo) {
  for (const auto& [name, band] :
       {std::pair{"band-unspecified.tiff", "4"}, {"band-unspecified16.tiff", "2"}}) {
    const std::string reason = refusal_of_data(name);
    EXPECT_NE(reason.find(std::string("its channel ") + band + " is not said to be alpha"),
              std::string::npos)
        << reason;
    EXPECT_NE(reason.find("tiffset -s 338 1 2 FILE"), std::string::npos) << reason;
  }
  // As the tag has it: unspecified, alpha of multiplied colours, alpha of whole ones.
  for (const unsigned channels : {1U, 3U}) {
    auto file = encoded(picture<std::uint8_t>(3, 2, static_cast<int>(channels), true), kTiff,
                        {.extension = ".tiff"});
    std::string text(reinterpret_cast<const char*>(file.data()), file.size());
    const auto tag = text.find(little_endian(338, 2) + little_endian(3, 2) + little_endian(1, 4));
    ASSERT_NE(tag, std::string::npos);
    for (const auto& [kind, taken] : {std::pair{0, false}, {1, true}, {2, true}, {3, false}}) {
      text[tag + 8] = static_cast<char>(kind);
      EXPECT_EQ(refusal(text) == "taken", taken) << channels << " " << kind;
    }
    // Without the tag: another that nobody knows stands in its place.
    text[tag] = '\x53';
    EXPECT_NE(refusal(text), "taken");
  }
}

// 0.4, 0.1, 0 under an alpha of 0.5 are stored: 0.8, 0.2, 0 in the light that OpenEXR means.
TEST(Kinds, ColoursOfAnExrAreMultipliedByAlpha) {
  const Image image = data_image("premultiplied.exr");
  const auto& planes = std::get<Planes<float>>(image.planes);
  ASSERT_FALSE(planes.alpha.empty());
  for (std::size_t i = 0; i < planes.alpha.size(); ++i) {
    EXPECT_FLOAT_EQ(planes.alpha[i], 0.5F);
    EXPECT_FLOAT_EQ(planes.colour[3 * i], 0.8F);
    EXPECT_FLOAT_EQ(planes.colour[3 * i + 1], 0.2F);
    EXPECT_FLOAT_EQ(planes.colour[3 * i + 2], 0.0F);
  }
}

// And again when it is written; what lies under an alpha of 0 stays what it is.
TEST(Kinds, AnExrIsWrittenAsItIsRead) {
  Image image{3, 1, 3, {}};
  image.planes = Planes<float>{{0.5F, -0.25F, 1, 0.5F, -0.25F, 1, 0.5F, -0.25F, 1}, {0.5F, 1, 0}};
  const auto file = encoded(image, kExr, {.extension = ".exr"});
  EXPECT_TRUE(same_pixels(decode_image(file, "in"), image));
}

}  // namespace
}  // namespace qsample
