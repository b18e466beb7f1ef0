// Every kind of PNG, written and read by libpng too.

#include <gtest/gtest.h>
#include <libdeflate.h>
#include <png.h>

#include <random>
#include <string>

#include "base/byte_order.h"
#include "files.h"
#include "fuzz/libpng_reader.h"
#include "pictures.h"

namespace qsample {
namespace {

struct Kind {
  int colour;  // PNG's colour type
  int depth;
  bool interlaced = false;
  bool transparent = false;
};

std::pair<int, std::vector<int>> depths_of(int colour, std::vector<int> depths) {
  return {colour, std::move(depths)};
}

// All that PNG allows (specification, table 11.1).
std::vector<Kind> kinds() {
  std::vector<Kind> all;
  for (const auto& [colour, depths] :
       {depths_of(PNG_COLOR_TYPE_GRAY, {1, 2, 4, 8, 16}), depths_of(PNG_COLOR_TYPE_RGB, {8, 16}),
        depths_of(PNG_COLOR_TYPE_PALETTE, {1, 2, 4, 8}),
        depths_of(PNG_COLOR_TYPE_GRAY_ALPHA, {8, 16}),
        depths_of(PNG_COLOR_TYPE_RGB_ALPHA, {8, 16})}) {
    for (const int depth : depths) {
      for (const bool interlaced : {false, true}) {
        all.push_back({colour, depth, interlaced});
        if ((colour & PNG_COLOR_MASK_ALPHA) == 0) all.push_back({colour, depth, interlaced, true});
      }
    }
  }
  return all;
}

void append(png_structp png, png_bytep bytes, std::size_t size) {
  static_cast<std::string*>(png_get_io_ptr(png))->append(reinterpret_cast<char*>(bytes), size);
}

// Of a transparent colour, those that samples of 8 bits or fewer do not have; libpng writes none.
void set_unused_bits(std::string& file) {
  const std::size_t at = file.find("tRNS");
  const std::size_t size = read_big_endian(std::as_bytes(std::span(file)), at - 4);
  for (std::size_t i = 0; i < size; i += 2) file[at + 4 + i] = '\x35';
  const std::uint32_t crc = libdeflate_crc32(0, file.data() + at, 4 + size);
  for (std::size_t i = 0; i < 4; ++i)
    file[at + 4 + size + i] = static_cast<char>(crc >> (24 - 8 * i));
}

// Rows of few values, so that a transparent colour is met, behind any of the filters.
std::string file_of(const Kind& kind, png_uint_32 width, png_uint_32 height) {
  std::mt19937 random(width);
  std::string file;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(png, &file, append, nullptr);
  png_set_IHDR(png, info, width, height, kind.depth, kind.colour,
               kind.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_filter(png, 0, PNG_ALL_FILTERS);
  if (kind.colour == PNG_COLOR_TYPE_PALETTE) {
    std::vector<png_color> palette(std::size_t{1} << kind.depth);
    for (auto& [red, green, blue] : palette) {
      red = static_cast<png_byte>(random());
      green = static_cast<png_byte>(random());
      blue = static_cast<png_byte>(random());
    }
    png_set_PLTE(png, info, palette.data(), static_cast<int>(palette.size()));
  }
  if (kind.transparent) {
    const png_byte alpha[] = {0, 100};
    const png_color_16 colour = {0, 255, 255, 255, 1};
    png_set_tRNS(png, info, alpha, 2, &colour);
  }
  png_write_info(png, info);
  std::vector<std::vector<png_byte>> rows(height);
  std::vector<png_bytep> pointers;
  for (auto& row : rows) {
    row.resize(png_get_rowbytes(png, info));
    constexpr png_byte kValues[] = {0, 0, 0, 1, 255, 255, 255, 0x1B};
    for (png_byte& byte : row) byte = kValues[random() % std::size(kValues)];
    pointers.push_back(row.data());
  }
  png_write_image(png, pointers.data());
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  if (kind.transparent && kind.depth < 16 && kind.colour != PNG_COLOR_TYPE_PALETTE) {
    set_unused_bits(file);
  }
  return file;
}

TEST(PngDecoder, ReadsEveryKindAsLibpngDoes) {
  for (const Kind& kind : kinds()) {
    bool clear = false;
    for (const auto& [width, height] :
         {std::pair{1U, 1U}, {3U, 2U}, {5U, 1U}, {1U, 9U}, {37U, 29U}}) {
      SCOPED_TRACE(testing::Message()
                   << "colour type " << kind.colour << ", " << kind.depth << " bits"
                   << (kind.interlaced ? ", interlaced" : "")
                   << (kind.transparent ? ", transparent" : "") << ", " << width << "x" << height);
      const std::string file = file_of(kind, width, height);
      const auto peer = read_with_libpng(std::as_bytes(std::span(file)), SIZE_MAX);
      ASSERT_TRUE(peer);
      const Image image = decoded(file);
      EXPECT_EQ(image.depth(), peer->depth);
      EXPECT_EQ(image.channels + (image.has_alpha() ? 1 : 0), peer->channels);
      EXPECT_EQ(libpng_samples(image), peer->samples);
      EXPECT_TRUE(same_pixels(decoded(file, {.most_at_once = 0}), image)) << "in pieces";
      const auto alpha_of = [](const auto& planes) {
        return std::find(planes.alpha.begin(), planes.alpha.end(), 0) != planes.alpha.end();
      };
      clear |= std::visit(alpha_of, image.planes);
    }
    EXPECT_TRUE(clear || !kind.transparent) << "no pixel is transparent: the test shows nothing";
  }
}

// Of all kinds of rows, none is taken for whole where the file ends within.
TEST(PngDecoder, RefusesEveryKindThatIsCut) {
  for (const Kind& kind : kinds()) {
    const std::string file = file_of(kind, 9, 10);
    for (std::size_t size = 1; size < file.size(); size += 3) {
      EXPECT_NE(refusal(file.substr(0, size)), "taken") << kind.colour << " " << kind.depth;
    }
  }
}

// What it asks for is what it takes: rows at once beside the image, or nothing but the image.
TEST(PngDecoder, TellsWhatItTakes) {
  const std::string file = file_of({PNG_COLOR_TYPE_PALETTE, 1}, 64, 10);
  for (const auto& [most, working] : {std::pair{std::size_t{90}, 90U}, {std::size_t{89}, 0U}}) {
    Footprint told;
    (void)decoded(file,
                  {.reserve = [&](const Footprint& image) { told = image; }, .most_at_once = most});
    EXPECT_EQ(told.bytes(), 64U * 10 * 3);
    EXPECT_EQ(told.working, working);
  }
}

}  // namespace
}  // namespace qsample
