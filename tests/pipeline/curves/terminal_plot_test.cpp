// Braille, decoded to dots again and compared with the schedule itself.
#include "pipeline/curves/terminal_plot.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include "base/text/utf8.h"

namespace qsample::plot {
namespace {

NamedSchedule named(const std::string& name, int steps = 1000) {
  return {name, make_schedule({.name = name, .steps = steps})};
}

std::vector<std::u32string> lines_of(const std::string& text) {
  std::vector<std::u32string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    std::u32string codes;
    for (std::string_view rest = line; !rest.empty();) {
      const auto [code, size] = first_character(rest);
      codes += static_cast<char32_t>(code);
      rest.remove_prefix(size);
    }
    lines.push_back(codes);
  }
  return lines;
}

// The dots of the panel whose left edge is the n-th bar of its lines: from the left, from above.
struct Dots {
  std::set<std::pair<int, int>> at;
  int width = 0;
  int height = 0;
};

Dots dots_of(const std::vector<std::u32string>& lines, int panel) {
  constexpr int kOrder[] = {0, 1, 2, 6, 3, 4, 5, 7};  // bits, from above, left and right
  Dots dots;
  for (const auto& line : lines) {
    std::size_t bar = std::u32string::npos;
    for (int i = 0; i <= panel; ++i) bar = line.find(U'\u2502', bar + 1);
    if (bar == std::u32string::npos) continue;
    for (std::size_t i = bar + 1; i < line.size() && line[i] != U'\u2502'; ++i) {
      if (line[i] < 0x2800 || line[i] > 0x28FF) continue;
      const auto bits = static_cast<unsigned>(line[i] - 0x2800);
      for (int k = 0; k < 8; ++k) {
        if (((bits >> kOrder[k]) & 1U) == 0) continue;
        dots.at.emplace(2 * static_cast<int>(i - bar - 1) + k / 4, dots.height + k % 4);
      }
    }
    dots.height += 4;
  }
  for (const auto& [x, y] : dots.at) dots.width = std::max(dots.width, x + 1);
  return dots;
}

TEST(TerminalPlot, DotsAreTheSchedule) {
  // A linear flow: alpha_bar = (1 - t / T)^2, which ends in the panel's corners.
  for (const int columns : {80, 121, 200}) {
    const auto lines = lines_of(terminal_plot({named("flow")}, {}, {.columns = columns}));
    ASSERT_EQ(lines.size(), 23U);
    for (const auto& line : lines) ASSERT_LE(line.size(), static_cast<std::size_t>(columns));
    const Dots dots = dots_of(lines, 1);
    EXPECT_GT(dots.width, columns - 20);
    for (const auto& [x, y] : dots.at) {
      const double along = static_cast<double>(x) / (dots.width - 1);
      const double value = 1 - static_cast<double>(y) / (dots.height - 1);
      // Half a dot to each side, on the slope too.
      const double slope = 2 * (1 - along) * (dots.height - 1) / (dots.width - 1);
      const double dot = 1.0 / (dots.height - 1);
      EXPECT_NEAR(value, (1 - along) * (1 - along), (0.51 + 0.51 * slope) * dot) << x << ' ' << y;
    }
    // And every column has one.
    std::set<int> columns_met;
    for (const auto& [x, y] : dots.at) columns_met.insert(x);
    EXPECT_EQ(columns_met.size(), static_cast<std::size_t>(dots.width));
  }
}

TEST(TerminalPlot, FitsInAnyTerminal) {
  for (const int columns : {20, 40, 59, 60, 80, 300}) {
    for (const int rows : {12, 24, 39, 60, 100}) {
      for (const bool braille : {true, false}) {
        const auto text =
            terminal_plot({named("linear"), named("karras", 10), named("cosine", 7)}, {3},
                          {.columns = columns, .rows = rows, .braille = braille});
        const auto lines = lines_of(text);
        for (const auto& line : lines) EXPECT_LE(line.size(), static_cast<std::size_t>(columns));
        EXPECT_TRUE(rows < 24 || lines.size() < static_cast<std::size_t>(rows));
      }
    }
  }
}

TEST(TerminalPlot, SchedulesAreToldApart) {
  const std::vector<NamedSchedule> two = {named("linear"), named("cosine")};
  const auto plain = terminal_plot(two, {500}, {});
  EXPECT_EQ(plain.find('\x1b'), std::string::npos);
  EXPECT_TRUE(plain.starts_with("a  linear, SNR = 1 at t = 259\n"));
  EXPECT_NE(plain.find("b  cosine, SNR = 1 at t = 496\n"), std::string::npos);
  EXPECT_NE(plain.find("t = 500: alpha_bar 0.07859, sigma 0.9599, log SNR -2.462, beta 0.01004"),
            std::string::npos);
  const auto coloured = terminal_plot(two, {}, {.colour = true});
  EXPECT_NE(coloured.find("\x1b[36m"), std::string::npos);
  EXPECT_NE(coloured.find("\x1b[33m"), std::string::npos);
  // Without the colours, the same dots.
  std::string bare;
  for (std::size_t i = 0; i < coloured.size(); ++i) {
    if (coloured[i] == '\x1b') i = coloured.find('m', i) + 1;
    if (i < coloured.size() && coloured[i] != '\x1b')
      bare += coloured[i];
    else
      --i;
  }
  EXPECT_EQ(dots_of(lines_of(bare), 1).width, dots_of(lines_of(plain), 1).width);
}

TEST(TerminalPlot, WithoutUnicodeItIsAscii) {
  const auto text = terminal_plot({named("linear"), named("cosine")}, {100}, {.braille = false});
  for (const char c : text) EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~'));
}

}  // namespace
}  // namespace qsample::plot
