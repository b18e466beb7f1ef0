#include "formats/exr_header.h"

#include <gtest/gtest.h>

#include "files.h"
#include "pictures.h"

namespace qsample {
namespace {

using namespace std::string_literals;

std::string exr(int channels) {
  const auto bytes = encoded(picture<float>(20, 40, channels, false), kExr, {.extension = ".exr"});
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(Exr, RefusesChannelsThatAreNoColours) {
  std::string file = exr(3);
  const auto at = file.find("\0R\0"s, file.find("chlist"));
  ASSERT_NE(at, std::string::npos);
  file[at + 1] = 'Z';
  EXPECT_NE(refusal(file).find("its channels are B, G, Z"), std::string::npos) << refusal(file);
  file = exr(1);
  file[file.find("\0Y\0"s, file.find("chlist")) + 1] = 'Z';
  EXPECT_NE(refusal(file).find("its channels are Z"), std::string::npos) << refusal(file);
}

TEST(Exr, RefusesChannelsOfFewerSamples) {
  std::string file = exr(1);
  const auto at = file.find("\0Y\0"s, file.find("chlist"));
  file[at + 3 + 8] = 2;
  EXPECT_NE(refusal(file).find("a sample for every pixel"), std::string::npos) << refusal(file);
}

std::string attribute(const std::string& name, const std::string& type, const std::string& value) {
  return name + '\0' + type + '\0' + little_endian(value.size(), 4) + value;
}

// Of 10x6 pixels in tiles of 4x4.
std::string tiled(char mode) {
  const std::string channel = "Y\0"s + little_endian(2, 4) + little_endian(0, 4) +
                              little_endian(1, 4) + little_endian(1, 4) + '\0';
  return "\x76\x2F\x31\x01\x02\x02\0\0"s + attribute("channels", "chlist", channel) +
         attribute("dataWindow", "box2i",
                   little_endian(0, 8) + little_endian(9, 4) + little_endian(5, 4)) +
         attribute("tiles", "tiledesc", little_endian(4, 4) + little_endian(4, 4) + mode) + '\0';
}

TEST(Exr, CountsTheTilesOfEveryLevel) {
  for (const auto& [mode, chunks] :
       {std::pair{'\x00', 6U}, {'\x01', 10U}, {'\x11', 11U}, {'\x02', 28U}}) {
    const std::string file = tiled(mode);
    EXPECT_EQ(read_exr_header(std::as_bytes(std::span(file))).chunks, chunks) << int{mode};
  }
  EXPECT_NE(refusal(tiled('\x03')).find("header is impossible"), std::string::npos);
}

TEST(Exr, EveryTileMustLieInTheFile) {
  std::string file = tiled('\x01');
  const std::size_t data = file.size() + 10 * std::size_t{8};
  for (int i = 0; i < 10; ++i) file += little_endian(data, 8);
  file += std::string(16, '\0') + little_endian(3, 4) + "abc";
  const auto check = [](const std::string& text) {
    const Bytes bytes = std::as_bytes(std::span(text));
    check_exr_chunks(bytes, read_exr_header(bytes));
  };
  EXPECT_NO_THROW(check(file));
  EXPECT_THROW(check(file.substr(0, file.size() - 1)), Error);
  EXPECT_THROW(check(file.substr(0, data + 10)), Error);
  EXPECT_THROW(check(file.substr(0, data - 1)), Error);
}

}  // namespace
}  // namespace qsample
