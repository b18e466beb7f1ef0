// Pictures as terminals are told to draw them.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "cli/terminal/terminal_module.h"
#include "image/plugin.h"

namespace qsample::cli {
namespace {

std::string drawn(const char* terminal, const CharacterGrid& size, int width, int height,
                  const std::vector<std::uint8_t>& rgb, bool unicode = true) {
  ::setenv("TERM", terminal, 1);
  ::setenv("COLORTERM", "truecolor", 1);
  return plugin::load<TerminalDrawing>({"terminal", "chafa"})
      .draw(rgb, width, height, size, unicode);
}

TEST(Terminal, HalfBlocksHaveTheColoursOfTheirPixels) {
  // Four quarters of one colour each.
  const std::vector<std::uint8_t> colours = {255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30};
  constexpr std::size_t kSide = 16;
  std::vector<std::uint8_t> rgb;
  for (std::size_t i = 0; i < kSide * kSide; ++i) {
    const std::size_t quarter = 2 * (i / kSide / (kSide / 2)) + i % kSide / (kSide / 2);
    const auto colour = colours.begin() + static_cast<std::ptrdiff_t>(3 * quarter);
    rgb.insert(rgb.end(), colour, colour + 3);
  }
  const std::string text = drawn("xterm-256color", {80, 24, 0, 0}, kSide, kSide, rgb);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 8);  // two pixels a line
  for (const char* colour : {"255;0;0", "0;255;0", "0;0;255", "10;20;30"}) {
    EXPECT_NE(text.find(colour), std::string::npos) << colour << " in " << text;
  }
}

TEST(Terminal, IsGivenNoMoreThanItHasRoomFor) {
  const std::vector<std::uint8_t> rgb(std::size_t{3} * 100 * 100, 128);
  const std::string text = drawn("xterm-256color", {20, 5, 0, 0}, 100, 100, rgb);
  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 5);
}

TEST(Terminal, HasAsciiAloneWhereItShowsNoUnicode) {
  const std::vector<std::uint8_t> rgb(std::size_t{3} * 64 * 64, 128);
  const std::string text = drawn("xterm-256color", {80, 24, 0, 0}, 64, 64, rgb, false);
  EXPECT_FALSE(text.empty());
  EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) { return c > 0; })) << text;
}

TEST(Terminal, GraphicsAreUsedWhereTheyAreKnown) {
  const std::vector<std::uint8_t> rgb(std::size_t{3} * 64 * 64, 128);
  EXPECT_NE(drawn("xterm-kitty", {80, 24, 8, 16}, 64, 64, rgb).find("\x1b_G"), std::string::npos);
  EXPECT_NE(drawn("mlterm", {80, 24, 8, 16}, 64, 64, rgb).find("\x1bP"), std::string::npos);
}

}  // namespace
}  // namespace qsample::cli
