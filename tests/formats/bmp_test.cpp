#include <gtest/gtest.h>

#include "files.h"

namespace qsample {
namespace {

using namespace std::string_literals;

// A file with what differs from one to another; sizes and offsets follow from it.
struct Bmp {
  int width = 2, height = 2;
  unsigned bits = 24, compression = 0;
  std::string masks = {};  // with what else a longer header holds
  bool masks_in_header = false;
  std::string palette = {};
  unsigned colours = 0;
  std::string pixels;

  [[nodiscard]] std::string file() const {
    const std::size_t header = 40 + (masks_in_header ? masks.size() : 0);
    const std::size_t at = 14 + 40 + masks.size() + palette.size();
    const auto number = [](auto v, std::size_t n) {
      return little_endian(static_cast<std::uint64_t>(v), n);
    };
    return "BM" + number(at + pixels.size(), 4) + number(0, 4) + number(at, 4) + number(header, 4) +
           number(width, 4) + number(height, 4) + number(1, 2) + number(bits, 2) +
           number(compression, 4) + number(0, 12) + number(colours, 4) + number(0, 4) + masks +
           palette + pixels;
  }
};

using Samples = std::vector<std::uint8_t>;

Samples colours(const Image& image) { return std::get<0>(image.planes).colour; }

const std::string kTwoColours = "\x01\x02\x03\0\x04\x05\x06\0"s;  // blue, green, red

TEST(Bmp, RowsBeginAtTheBottomUnlessTheHeightIsNegative) {
  const std::string pixels = "\x01\x02\x03\0\x04\x05\x06\0"s;
  EXPECT_EQ(colours(decoded(Bmp{.width = 1, .pixels = pixels}.file())),
            (Samples{6, 5, 4, 3, 2, 1}));
  EXPECT_EQ(colours(decoded(Bmp{.width = 1, .height = -2, .pixels = pixels}.file())),
            (Samples{3, 2, 1, 6, 5, 4}));
}

TEST(Bmp, PalettesArePackedAndGreyWhereTheyAreGrey) {
  const Bmp bmp{.width = 3,
                .height = 1,
                .bits = 1,
                .palette = kTwoColours,
                .colours = 2,
                .pixels = "\x40\0\0\0"s};
  EXPECT_EQ(colours(decoded(bmp.file())), (Samples{3, 2, 1, 6, 5, 4, 3, 2, 1}));
  Bmp grey = bmp;
  grey.palette = "\x07\x07\x07\0\x09\x09\x09\0"s;
  EXPECT_EQ(decoded(grey.file()).channels, 1);
  EXPECT_EQ(colours(decoded(grey.file())), (Samples{7, 9, 7}));
  Bmp outside = bmp;
  outside.bits = 4;
  EXPECT_NE(refusal(outside.file()).find("a colour that its palette"), std::string::npos);
  Bmp short_palette = bmp;
  short_palette.colours = 3;
  EXPECT_NE(refusal(short_palette.file()).find("its palette is truncated"), std::string::npos);
}

TEST(Bmp, ChannelsOfAFewBitsAreScaledWithRounding) {
  // 5-5-5: red 31, green 1, blue 16.
  EXPECT_EQ(
      colours(decoded(Bmp{.width = 1, .height = 1, .bits = 16, .pixels = "\x30\x7C\0\0"s}.file())),
      (Samples{255, 8, 132}));
  const std::string masks565 = "\0\xF8\0\0\xE0\x07\0\0\x1F\0\0\0"s;
  EXPECT_EQ(colours(decoded(Bmp{.width = 1,
                                .height = 1,
                                .bits = 16,
                                .compression = 3,
                                .masks = masks565,
                                .pixels = "\x30\x08\0\0"s}
                                .file())),
            (Samples{8, 4, 132}));
}

TEST(Bmp, MasksMayBeInAnyOrderButWithoutGaps) {
  Bmp bmp{.width = 1,
          .height = 1,
          .bits = 32,
          .compression = 3,
          .masks = "\xFF\0\0\0\0\xFF\0\0\0\0\xFF\0\0\0\0\xFF"s,
          .masks_in_header = true,
          .pixels = "\x01\x02\x03\x04"s};
  EXPECT_EQ(colours(decoded(bmp.file())), (Samples{1, 2, 3}));
  EXPECT_EQ(std::get<0>(decoded(bmp.file()).planes).alpha, Samples{4});
  bmp.masks[15] = '\0';  // then the fourth byte means nothing
  EXPECT_FALSE(decoded(bmp.file()).has_alpha());
  bmp.masks[0] = '\x7D';
  EXPECT_NE(refusal(bmp.file()).find("gaps"), std::string::npos);
  bmp.masks[0] = '\0';
  EXPECT_NE(refusal(bmp.file()).find("masks of its channels are impossible"), std::string::npos);
}

TEST(Bmp, ReadsTheHeaderOfOs2) {
  const std::string file = "BM"s + little_endian(30, 4) + little_endian(0, 4) +
                           little_endian(26, 4) + little_endian(12, 4) + little_endian(1, 2) +
                           little_endian(1, 2) + little_endian(1, 2) + little_endian(24, 2) +
                           "\x01\x02\x03\0"s;
  EXPECT_EQ(colours(decoded(file)), (Samples{3, 2, 1}));
  EXPECT_NE(refusal(file.substr(0, file.size() - 1)).find("truncated"), std::string::npos);
}

Bmp run_length(unsigned bits, const std::string& codes) {
  return {.width = 4,
          .height = 2,
          .bits = bits,
          .compression = bits == 8 ? 1U : 2U,
          .palette = "\0\0\0\0\x01\x01\x01\0\x02\x02\x02\0"s,
          .colours = 3,
          .pixels = codes};
}

TEST(Bmp, RunLengthsAreExpanded) {
  EXPECT_EQ(
      colours(decoded(run_length(8, "\x02\x01\x02\x02\0\0\0\x03\x01\x02\x01\0\0\x01"s).file())),
      (Samples{1, 2, 1, 0, 1, 1, 2, 2}));
  EXPECT_EQ(colours(decoded(run_length(4, "\x03\x12\0\0\0\x03\x12\x10\0\x01"s).file())),
            (Samples{1, 2, 1, 0, 1, 2, 1, 0}));
  // One to the right and one up, then the end of a line and of the image.
  EXPECT_EQ(colours(decoded(run_length(8, "\x01\x02\0\x02\x01\x01\x01\x01\0\0\0\x01"s).file())),
            (Samples{0, 0, 1, 0, 2, 0, 0, 0}));
}

// As encoders write rows that are padded: the rest of a run is not shown, nor does it go on in the
// next row.
TEST(Bmp, RunsEndWithTheirRow) {
  EXPECT_EQ(colours(decoded(run_length(8, "\x06\x01\0\0\x05\x02\0\x01"s).file())),
            (Samples{2, 2, 2, 2, 1, 1, 1, 1}));
  EXPECT_EQ(colours(decoded(run_length(4, "\x08\x12\0\0\x07\x21\0\x01"s).file())),
            (Samples{2, 1, 2, 1, 1, 2, 1, 2}));
  EXPECT_EQ(colours(decoded(run_length(8, "\0\x06\1\2\1\2\1\1\0\0\x01\x01\0\x01"s).file())),
            (Samples{1, 0, 0, 0, 1, 2, 1, 2}));
}

TEST(Bmp, RunLengthsMustStayInTheImageAndComeToTheirEnd) {
  for (const auto& [codes, reason] : {std::pair{"\x04\x01\0\0\x04\x01"s, "truncated"},
                                      {"\0\0\0\0\x01\x01\0\x01"s, "out of the image"},
                                      {"\0\x02\x05\0\0\x01"s, "out of the image"},
                                      {"\0\0\0\0\0\0\0\x01"s, "out of the image"},
                                      {"\x01\x03\0\x01"s, "a colour that its palette"},
                                      {"\0\x04\x01\x01"s, "truncated"}}) {
    const auto message = refusal(run_length(8, codes).file());
    EXPECT_NE(message.find(reason), std::string::npos) << message;
  }
  Bmp large = run_length(8, "\0\x01"s);
  large.width = large.height = 4000;
  EXPECT_NE(refusal(large.file()).find("too short for its pixels"), std::string::npos);
}

TEST(Bmp, SizesMustFitTheFile) {
  std::string file = Bmp{.pixels = std::string(16, 'x')}.file();
  EXPECT_EQ(refusal(file), "taken");
  EXPECT_EQ(refusal(file + "more"), "taken");
  file[2] = static_cast<char>(file[2] + 1);
  EXPECT_NE(refusal(file).find("truncated"), std::string::npos);
  EXPECT_EQ(refusal(Bmp{.bits = 5, .pixels = "xxxx"}.file()),
            "in: BMP image: its header is impossible");
  EXPECT_NE(refusal(Bmp{.compression = 4, .pixels = "xxxx"}.file()).find("compression (4)"),
            std::string::npos);
}

}  // namespace
}  // namespace qsample
