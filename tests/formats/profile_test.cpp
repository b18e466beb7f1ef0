// Colour profiles: which go along, and which are left out.

#include <gtest/gtest.h>

#include "files.h"
#include "pictures.h"
#include "profiles.h"

namespace qsample {
namespace {

struct Taken {
  Image image;
  std::vector<std::string> warnings;
};

Taken taken(Bytes file) {
  Taken result;
  result.image = decode_image(file, "in", {.warn = [&](const std::string& warning) {
                                result.warnings.push_back(warning);
                              }});
  return result;
}

Taken data_file(const std::string& name) {
  return taken(read_file(std::string(QSAMPLE_TEST_DATA) + "/images/" + name));
}

TEST(Profile, GoesAlongOnlyWithAnImageOfItsKind) {
  for (const char* extension : {".png", ".jpg", ".tiff", ".webp"}) {
    for (const int channels : {1, 3}) {
      if (extension == std::string(".webp") && channels == 1) continue;  // it holds no grey
      for (const char* colours : {"GRAY", "RGB ", "CMYK", "Lab "}) {
        SCOPED_TRACE(std::string(extension) + " " + std::to_string(channels) + " " + colours);
        Image image = picture<std::uint8_t>(5, 4, channels, false);
        image.annotations.icc = profile(colours, 300);
        const auto [back, warnings] =
            taken(encoded(image, *codec_for_extension(extension), {.extension = extension}));
        const bool fits = colours == std::string(channels == 1 ? "GRAY" : "RGB ");
        EXPECT_EQ(back.annotations.icc.empty(), !fits);
        EXPECT_EQ(warnings.size(), fits ? 0U : 1U);
      }
    }
  }
}

TEST(Profile, ThatIsDamagedIsLeftOutInEveryFormat) {
  for (const char* extension : {".png", ".jpg", ".tiff", ".webp"}) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{127}, std::size_t{300}}) {
      Image image = picture<std::uint8_t>(5, 4, 3, false);
      image.annotations.icc.assign(size, std::byte{7});
      const auto [back, warnings] =
          taken(encoded(image, *codec_for_extension(extension), {.extension = extension}));
      EXPECT_TRUE(back.annotations.icc.empty()) << extension;
      EXPECT_EQ(warnings, std::vector<std::string>{std::string("in: ") + kDamagedProfile})
          << extension;
    }
  }
}

TEST(Profile, OfAJpegThatIsDamagedDoesNotTakeTheImageAlong) {
  for (const char* name :
       {"profile-bad-sequence.jpg", "profile-empty.jpg", "profile-behind-frame.jpg"}) {
    const auto [image, warnings] = data_file(name);
    EXPECT_EQ(warnings, std::vector<std::string>{std::string("in: ") + kDamagedProfile}) << name;
  }
}

TEST(Profile, ForRgbOnAGreyJpegIsLeftOut) {
  const auto [image, warnings] = data_file("grey-with-rgb-profile.jpg");
  EXPECT_EQ(image.channels, 1);
  EXPECT_TRUE(image.annotations.icc.empty());
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0], "in: its colour profile is not for grey, as the image is, and left out");
}

}  // namespace
}  // namespace qsample
