#include <gtest/gtest.h>

#include "files.h"

namespace qsample {
namespace {

using namespace std::string_literals;

std::vector<int> samples_of(const Image& image) {
  return std::visit(
      [](const auto& planes) {
        return std::vector<int>(planes.colour.begin(), planes.colour.end());
      },
      image.planes);
}

TEST(Pnm, ScalesSamplesOfAnyMaximum) {
  EXPECT_EQ(samples_of(decoded("P5 3 1 100\n\x00\x32\x64"s)), (std::vector{0, 128, 255}));
  EXPECT_EQ(samples_of(decoded("P2 4 1 3 0 1 2 3")), (std::vector{0, 85, 170, 255}));
  EXPECT_EQ(samples_of(decoded("P2\n# a comment\n2 1 1\n1 0# another")), (std::vector{255, 0}));
  const Image deep = decoded("P5 2 1 1023\n\x03\xFF\x02\x00"s);
  EXPECT_EQ(deep.depth(), 16);
  EXPECT_EQ(samples_of(deep), (std::vector{65535, 32800}));
  EXPECT_EQ(samples_of(decoded("P6 1 1 65535\n\x01\x02\x03\x04\x05\x06"s)),
            (std::vector{0x102, 0x304, 0x506}));
}

TEST(Pnm, InBitmapsOneIsBlack) {
  EXPECT_EQ(samples_of(decoded("P1 4 2 1010 1 1\n0 0")),
            (std::vector{0, 255, 0, 255, 0, 0, 255, 255}));
  EXPECT_EQ(samples_of(decoded("P4 9 1\n\x80\x80"s)),
            (std::vector{0, 255, 255, 255, 255, 255, 255, 255, 0}));
}

TEST(Pnm, RefusesWhatIsNoSample) {
  for (const auto& [file, reason] : {std::pair{"P2 2 1 100 100 101"s, "above its maximum"},
                                     {"P5 1 1 100\n\x65"s, "above its maximum"},
                                     {"P1 2 1 02"s, "other than 0 and 1"},
                                     {"P2 2 1 255 1 12x"s, "other than a number"},
                                     {"P2 2 1 255 1 -1"s, "other than a number"},
                                     {"P2 2 1 255 1 "s, "truncated"},
                                     {"P2 2 1 255 1 2 3"s, "more behind its end"},
                                     {"P5 1 1 65536\n\x01\x01"s, "maximum is 65536"},
                                     {"P5 1 1 0\n\x01"s, "maximum is 0"},
                                     {"P5 0 1 255\n"s, "no pixels"},
                                     {"P5 1234567890 1 255\n"s, "impossible number"},
                                     {"P5 2 1 255\n\x01"s, "truncated"},
                                     {"P5 2 1 255\n\x01\x02x"s, "more behind its end"},
                                     {"P5 2 1 255"s, "truncated"}}) {
    EXPECT_NE(refusal(file).find(reason), std::string::npos) << file << ": " << refusal(file);
  }
}

TEST(Pnm, ManyImagesAreCounted) {
  const std::string one = "P5 1 1 255\n\x01";
  const std::string two = "P5 2 1 255\n\x02\x03\n";
  std::string warning;
  const DecodeOptions options{.warn = [&](const std::string& message) { warning = message; }};
  EXPECT_EQ(samples_of(decoded(one + two, options)), (std::vector{1}));
  EXPECT_NE(warning.find("2 images"), std::string::npos) << warning;
  EXPECT_EQ(samples_of(decoded(one + two, {.frame = 2})), (std::vector{2, 3}));
  EXPECT_NE(refusal(one + two, {.frame = 3}).find("no `frame` 3"), std::string::npos);
  EXPECT_NE(refusal(one + two.substr(0, 12)).find("truncated"), std::string::npos);
}

std::string pam(int depth, const std::string& type) {
  return "P7\nWIDTH 1\n# a comment\nHEIGHT 1\nDEPTH " + std::to_string(depth) +
         "\nMAXVAL 255\nTUPLTYPE " + type + "\nENDHDR\n";
}

TEST(Pnm, ReadsPamOfKnownTuples) {
  EXPECT_EQ(samples_of(decoded(pam(1, "GRAYSCALE") + "\x07")), (std::vector{7}));
  EXPECT_EQ(samples_of(decoded(pam(3, "RGB") + "\x07\x08\x09")), (std::vector{7, 8, 9}));
  const Image grey = decoded(pam(2, "GRAYSCALE_ALPHA") + "\x07\x08");
  EXPECT_EQ(samples_of(grey), (std::vector{7}));
  EXPECT_EQ(std::get<0>(grey.planes).alpha, (std::vector<std::uint8_t>{8}));
  const Image colour = decoded(pam(4, "RGB_ALPHA") + "\x07\x08\x09\x0A");
  EXPECT_EQ(samples_of(colour), (std::vector{7, 8, 9}));
  EXPECT_EQ(std::get<0>(colour.planes).alpha, (std::vector<std::uint8_t>{10}));
  EXPECT_NE(refusal(pam(4, "CMYK") + "\x07\x08\x09\x0A").find("'CMYK'"), std::string::npos);
  EXPECT_NE(refusal(pam(3, "GRAYSCALE") + "\x07\x08\x09").find("impossible"), std::string::npos);
  EXPECT_NE(refusal("P7\nWIDTH 1\nHEIGHT").find("truncated"), std::string::npos);
}

}  // namespace
}  // namespace qsample
