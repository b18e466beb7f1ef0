// Texts of a PNG: which go along, and the orientation that they may tell.

#include <gtest/gtest.h>
#include <libdeflate.h>

#include <memory>

#include "files.h"
#include "pictures.h"

namespace qsample {
namespace {

using namespace std::string_literals;

std::string deflated(const std::string& data) {
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> deflater(
      libdeflate_alloc_compressor(9), libdeflate_free_compressor);
  std::string out(libdeflate_zlib_compress_bound(deflater.get(), data.size()), '\0');
  out.resize(
      libdeflate_zlib_compress(deflater.get(), data.data(), data.size(), out.data(), out.size()));
  return out;
}

std::string big_endian(std::uint32_t value) {
  std::string bytes = little_endian(value, 4);
  return {bytes.rbegin(), bytes.rend()};
}

struct Chunk {
  std::string type, data;
};

// An image of 2x1 pixels, 10 and 200, with these chunks before its data.
std::string png(const std::vector<Chunk>& chunks) {
  Image image{2, 1, 1, Planes<std::uint8_t>{{10, 200}, {}}};
  const auto bytes = encoded(image, kPng, {.extension = ".png"});
  std::string file(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::string more;
  for (const auto& [type, data] : chunks) {
    const std::string body = type + data;
    more += big_endian(static_cast<std::uint32_t>(data.size())) + body +
            big_endian(libdeflate_crc32(0, body.data(), body.size()));
  }
  return file.insert(file.find("IDAT") - 4, more);
}

struct Taken {
  Image image;
  std::vector<std::string> warnings;
};

Taken taken(const std::vector<Chunk>& chunks) {
  Taken result;
  result.image =
      decoded(png(chunks),
              {.warn = [&](const std::string& warning) { result.warnings.push_back(warning); }});
  return result;
}

constexpr std::size_t kMebibyte = std::size_t{1} << 20;

// Pillow opens no file with a text of more than 1 MiB inflated.
TEST(PngTexts, ThatInflateTooFarAreLeftOut) {
  for (const auto& [size, kept] :
       {std::pair{kMebibyte - 1, true}, {kMebibyte + 1, false}, {64 * kMebibyte, false}}) {
    const std::string text(size, 'x');
    for (const Chunk& chunk : {Chunk{"zTXt", "k\0\0"s + deflated(text)},
                               Chunk{"iTXt", "k\0\1\0\0\0"s + deflated(text)}}) {
      const auto [image, warnings] = taken({chunk, {"tEXt", "Author\0me"s}});
      EXPECT_EQ(image.annotations.texts.size(), kept ? 2U : 1U) << chunk.type << size;
      EXPECT_EQ(warnings.size(), kept ? 0U : 1U);
    }
  }
}

// Nor one with more than 64 MiB of them all.
TEST(PngTexts, AreNoMoreThanOthersOpenAllTogether) {
  const std::string most(kMebibyte - 1, 'x');
  const std::vector<Chunk> chunks(70, {"zTXt", "k\0\0"s + deflated(most)});
  const auto [image, warnings] = taken(chunks);
  EXPECT_EQ(image.annotations.texts.size(), 63U);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_TRUE(warnings[0].starts_with("in: 7 of its texts are damaged or too long")) << warnings[0];
}

TEST(PngTexts, ThatAreDamagedAreLeftOut) {
  std::string broken = deflated("a text");
  broken.back() ^= 1;
  for (const Chunk& chunk :
       {Chunk{"zTXt", "k\0\0"s + broken}, Chunk{"zTXt", "k\0\1"s}, Chunk{"tEXt", "k"},
        Chunk{"tEXt", " k\0v"s}, Chunk{"iTXt", "k\0\0"s}}) {
    const auto [image, warnings] = taken({chunk});
    EXPECT_TRUE(image.annotations.texts.empty()) << chunk.type;
    EXPECT_EQ(warnings.size(), 1U);
  }
}

std::string exif(char orientation) {
  return "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"s + orientation + "\0\0\0\0\0\0\0"s;
}

// As ImageMagick writes it: the name, the length, and digits in lines of 72.
std::string raw_profile(char orientation) {
  const std::string block = "Exif\0\0"s + exif(orientation);
  std::string text = "\nexif\n      " + std::to_string(block.size()) + "\n";
  constexpr char kDigits[] = "0123456789abcdef";
  for (std::size_t i = 0; i < block.size(); ++i) {
    const auto byte = static_cast<unsigned char>(block[i]);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
    if (i % 36 == 35) text += '\n';
  }
  return text + "\n";
}

const std::string kXmp = "XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta tiff:Orientation=\"6\"/>"s;

bool is_turned(const Image& image) { return image.height == 2; }

TEST(PngOrientation, StandsInATextOfAnyKind) {
  for (const Chunk& chunk :
       {Chunk{"tEXt", "Raw profile type exif\0"s + raw_profile('\x06')},
        Chunk{"zTXt", "Raw profile type APP1\0\0"s + deflated(raw_profile('\x06'))},
        Chunk{"iTXt", "Raw profile type exif\0\1\0\0\0"s + deflated(raw_profile('\x06'))},
        Chunk{"iTXt", kXmp},
        Chunk{"iTXt", "XML:com.adobe.xmp\0\0\0\0\0<tiff:Orientation>6</tiff:Orientation>"s}}) {
    const auto [image, warnings] = taken({chunk});
    EXPECT_TRUE(is_turned(image)) << chunk.data;
    EXPECT_EQ(std::get<0>(image.planes).colour, (std::vector<std::uint8_t>{10, 200}));
    // It is applied, so the text must not tell it again.
    EXPECT_TRUE(image.annotations.texts.empty()) << chunk.data;
    EXPECT_TRUE(warnings.empty());
  }
  for (const char* text : {"<tiff:Orientation>16</tiff:Orientation>", "tiff:Orientation=\"0\"",
                           "tiff:Orientation=\"9\"", "tiff:Orientation", "Orientation=\"6\""}) {
    EXPECT_FALSE(is_turned(taken({{"iTXt", "XML:com.adobe.xmp\0\0\0\0\0"s + text}}).image)) << text;
  }
}

// The chunk for it wins, then EXIF in a text, then XMP; and what contradicts it is left out.
TEST(PngOrientation, IsThatOfTheChunkBeforeThatOfATextBeforeXmp) {
  const Chunk upright{"eXIf", exif('\x01')};
  const Chunk profile{"tEXt", "Raw profile type exif\0"s + raw_profile('\x01')};
  const Chunk turned{"tEXt", "Raw profile type exif\0"s + raw_profile('\x06')};
  const Chunk xmp{"iTXt", kXmp};
  EXPECT_FALSE(is_turned(taken({turned, upright}).image));
  EXPECT_TRUE(taken({turned, upright}).image.annotations.texts.empty());
  EXPECT_FALSE(is_turned(taken({xmp, profile}).image));
  EXPECT_EQ(taken({xmp, profile}).image.annotations.texts.size(), 1U);
  EXPECT_TRUE(is_turned(taken({profile, {"eXIf", exif('\x06')}}).image));
  // A chunk that tells none leaves it to the others.
  EXPECT_TRUE(is_turned(taken({turned, {"eXIf", "II*\0\x08\0\0\0\0\0\0\0\0\0"s}}).image));
}

}  // namespace
}  // namespace qsample
