// Why formats that OpenCV reads too are read here by readers of one's own: its column beside ours.
// Where a newer OpenCV reads one as it is meant, a test here fails, and its reason is gone.
// (What loading OpenCV costs is measured by ./dev bench.)
#include <gtest/gtest.h>

#include <cstdint>
#include <iostream>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "files.h"
#include "qsample/error.h"

namespace qsample {
namespace {

std::vector<std::byte> data_file(const std::string& name) {
  return read_file(std::string(QSAMPLE_TEST_DATA) + "/" + name);
}

cv::Mat read_by_opencv(Bytes file) {
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  std::cerr.setstate(std::ios_base::failbit);  // where it tells of each file
  const cv::Mat bytes(1, static_cast<int>(file.size()), CV_8U, const_cast<std::byte*>(file.data()));
  try {
    return cv::imdecode(bytes, cv::IMREAD_UNCHANGED);
  } catch (const cv::Exception&) {
    return {};
  }
}

bool is_taken_here(Bytes file) {
  try {
    (void)decode_image(file, "in");
    return true;
  } catch (const Error&) {
    return false;
  }
}

// How many files are taken of those that are cut short at each byte.
struct Cuts {
  std::size_t all = 0, by_opencv = 0, here = 0;
};

Cuts cuts_of(const std::string& name) {
  const auto whole = data_file(name);
  Cuts cuts;
  for (std::size_t size = 1; size < whole.size(); ++size, ++cuts.all) {
    const Bytes part = Bytes(whole).first(size);
    cuts.by_opencv += read_by_opencv(part).empty() ? 0 : 1;
    cuts.here += is_taken_here(part) ? 1 : 0;
  }
  std::cout << name << ", cut at each of " << cuts.all << " bytes: OpenCV takes " << cuts.by_opencv
            << ", qsample " << cuts.here << "\n";
  return cuts;
}

TEST(Reasons, OpenCvTakesJpegsThatAreCutShort) {
  const Cuts cuts = cuts_of("endings/c.jfif");
  EXPECT_GT(cuts.by_opencv, cuts.all / 2);
  EXPECT_EQ(cuts.here, 0U);
}

// But not of the formats that are left to it.
TEST(Reasons, OpenCvTakesNoneOfThoseLeftToItThatAreCutShort) {
  for (const char* name : {"opencv/rgb.jp2", "opencv/bare.j2k", "opencv/runs.hdr",
                           "opencv/flat.hdr", "opencv/rgb.ras", "opencv/palette.ras"}) {
    const Cuts cuts = cuts_of(name);
    EXPECT_EQ(cuts.by_opencv, 0U) << name;
    EXPECT_EQ(cuts.here, 0U) << name;
  }
}

// As R, G, B; empty where OpenCV makes another kind of image.
std::vector<std::uint8_t> colours_by_opencv(const cv::Mat& mat) {
  std::vector<std::uint8_t> colours;
  if (mat.type() != CV_8UC3) return colours;
  for (int x = 0; x < mat.cols; ++x) {
    for (int c = 2; c >= 0; --c) colours.push_back(mat.at<cv::Vec3b>(0, x)[c]);
  }
  return colours;
}

// Red, green, blue, white.
const std::vector<std::uint8_t> kFour = {255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255};

TEST(Reasons, OpenCvReadsBitmapsOfOs2AndOf16BitsOtherwise) {
  for (const char* name : {"opencv/os2.bmp", "opencv/555.bmp"}) {
    const auto file = data_file(name);
    const Image image = decode_image(file, name);
    ASSERT_EQ(image.channels, 3) << name;
    EXPECT_EQ(std::get<0>(image.planes).colour, kFour) << name;
    const cv::Mat theirs = read_by_opencv(file);
    std::cout << name << ": OpenCV reads " << theirs << "\n";
    EXPECT_NE(colours_by_opencv(theirs), kFour) << name;
  }
}

// 0, a third, two thirds and the greatest value.
TEST(Reasons, OpenCvDoesNotScalePnmToItsGreatestValue) {
  const auto small = data_file("opencv/maxval15.pgm");
  EXPECT_EQ(std::get<0>(decode_image(small, "in").planes).colour,
            (std::vector<std::uint8_t>{0, 85, 170, 255}));
  EXPECT_EQ(int{read_by_opencv(small).at<std::uint8_t>(0, 3)}, 15);
  const auto deep = data_file("opencv/maxval1023.pgm");
  EXPECT_EQ(std::get<1>(decode_image(deep, "in").planes).colour,
            (std::vector<std::uint16_t>{0, 21845, 43690, 65535}));
  EXPECT_EQ(int{read_by_opencv(deep).at<std::uint16_t>(0, 3)}, 1023);
}

// Why by_opencv/ looks at headers first.
TEST(Reasons, OpenCvReadsKindsOfItsOwnFormatsOtherwise) {
  const auto grey = std::get<0>(decode_image(data_file("opencv/grey.png"), "in").planes).colour;
  ASSERT_NE(grey[1], 0);
  const cv::Mat black = read_by_opencv(data_file("opencv/no-table.ras"));
  ASSERT_EQ(black.type(), CV_8UC1);
  EXPECT_EQ(cv::countNonZero(black), 0);
  const cv::Mat twelve = read_by_opencv(data_file("opencv/grey12.jp2"));
  ASSERT_EQ(twelve.type(), CV_16UC1);
  double most = 0;
  cv::minMaxLoc(twelve, nullptr, &most);
  EXPECT_LE(most, 4095);
}

}  // namespace
}  // namespace qsample
