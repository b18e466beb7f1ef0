#include <gtest/gtest.h>
#include <libdeflate.h>

#include <algorithm>
#include <memory>

#include "files.h"

namespace qsample {
namespace {

using namespace std::string_literals;

struct Tag {
  unsigned number, type, count, value;
};
constexpr unsigned kShort = 3;
constexpr unsigned kLong = 4;
constexpr unsigned kUndefined = 7;
constexpr unsigned kPackBits = 32773;
constexpr unsigned kLzw = 5;
constexpr unsigned kDeflate = 8;

// A grey image in one strip, or with further tags; the data lie behind the file's header.
std::string tiff(unsigned width, unsigned height, unsigned compression, const std::string& data,
                 const std::vector<Tag>& more = {}) {
  const auto size = static_cast<unsigned>(data.size());
  std::vector<Tag> tags = {{256, kLong, 1, width},  {257, kLong, 1, height},
                           {258, kShort, 1, 8},     {259, kShort, 1, compression},
                           {262, kShort, 1, 1},     {273, kLong, 1, 8},
                           {278, kLong, 1, height}, {279, kLong, 1, size}};
  for (const Tag& tag : more) {
    std::erase_if(tags, [&](const Tag& t) { return t.number == tag.number; });
    tags.push_back(tag);
  }
  std::sort(tags.begin(), tags.end(), [](auto& a, auto& b) { return a.number < b.number; });
  std::string file = "II*\0"s + little_endian(8 + data.size(), 4) + data;
  file += little_endian(tags.size(), 2);
  for (const Tag& tag : tags) {
    file += little_endian(tag.number, 2) + little_endian(tag.type, 2) +
            little_endian(tag.count, 4) + little_endian(tag.value, 4);
  }
  return file + little_endian(0, 4);
}

std::string deflated(const std::string& data) {
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> deflater(
      libdeflate_alloc_compressor(1), libdeflate_free_compressor);
  std::string out(data.size() + 100, '\0');
  out.resize(
      libdeflate_zlib_compress(deflater.get(), data.data(), data.size(), out.data(), out.size()));
  return out;
}

std::string reversed(std::string bytes) {
  for (char& c : bytes) {
    unsigned turned = 0;
    for (unsigned bit = 0; bit < 8; ++bit)
      turned |= (static_cast<unsigned char>(c) >> bit & 1U) << (7 - bit);
    c = static_cast<char>(turned);
  }
  return bytes;
}

std::vector<std::uint8_t> grey(const Image& image) { return std::get<0>(image.planes).colour; }

// The codes 256 (clear), 1, 2, 257 (end), of nine bits each.
const std::string kLzwOneTwo = "\x80\x00\x40\x50\x10"s;

TEST(Tiff, BitsMayBeReversed) {
  const Tag fill_order{266, kShort, 1, 2};
  const std::vector<std::uint8_t> expected = {1, 2};
  const std::string zipped = deflated("\x01\x02");
  EXPECT_EQ(grey(decoded(tiff(2, 1, kDeflate, zipped))), expected);
  EXPECT_EQ(grey(decoded(tiff(2, 1, kDeflate, reversed(zipped), {fill_order}))), expected);
  EXPECT_EQ(grey(decoded(tiff(2, 1, kLzw, kLzwOneTwo))), expected);
  EXPECT_EQ(grey(decoded(tiff(2, 1, kLzw, reversed(kLzwOneTwo), {fill_order}))), expected);
  EXPECT_NE(refusal(tiff(2, 1, kDeflate, zipped, {fill_order})), "taken");
}

TEST(Tiff, ATagBeyondTheEndIsAnError) {
  const Tag icc{34675, kUndefined, 100, 1000};
  EXPECT_EQ(refusal(tiff(2, 1, 1, "ab")), "taken");
  EXPECT_EQ(refusal(tiff(2, 1, 1, "ab", {icc})),
            "in: TIFF image: a tag of it lies outside of the file");
}

TEST(Tiff, MessagesBeginWithWhatIsWrong) {
  const std::string broken = "II*\0\x08\0\0\0\xFF"s;
  EXPECT_TRUE(refusal(broken).starts_with("in: TIFF image: C")) << refusal(broken);
}

TEST(Tiff, DataMustSufficeForTheirBlock) {
  EXPECT_NE(refusal(tiff(1000, 1, kPackBits, "\x81x\x81y")).find("too short"), std::string::npos);
  EXPECT_NE(refusal(tiff(4, 1, 1, "abc")).find("sizes of its strips"), std::string::npos);
  const std::vector<Tag> tiles = {
      {322, kLong, 1, 16384}, {323, kLong, 1, 16384}, {324, kLong, 1, 8}, {325, kLong, 1, 4}};
  EXPECT_NE(refusal(tiff(4, 4, kPackBits, "\x81x\x81y", tiles)).find("much larger"),
            std::string::npos);
}

// Beyond some size a block is inflated piece by piece.
TEST(Tiff, ALargeDeflatedStripIsChecked) {
  const std::string whole = deflated(std::string(std::size_t{5000} * 4000, 'x'));
  EXPECT_EQ(refusal(tiff(5000, 4000, kDeflate, whole)), "taken");
  EXPECT_NE(refusal(tiff(5000, 4001, kDeflate, whole)).find("damaged"), std::string::npos);
  std::string flipped = whole;
  flipped.back() = static_cast<char>(flipped.back() ^ 1);
  EXPECT_NE(refusal(tiff(5000, 4000, kDeflate, flipped)).find("damaged"), std::string::npos);
  EXPECT_NE(refusal(tiff(5000, 4000, kDeflate, whole.substr(0, whole.size() - 1))).find("damaged"),
            std::string::npos);
}

}  // namespace
}  // namespace qsample
