#include "pipeline/curves/terminal_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/text/utf8.h"
#include "pipeline/curves/balance.h"
#include "pipeline/curves/marks.h"
#include "pipeline/curves/quantities.h"
#include "pipeline/plot/lettering.h"

namespace qsample::plot {
namespace {

constexpr int kDotsAcross = 2;  // of a character
constexpr int kDotsDown = 4;
constexpr int kMinColumns = 20;
constexpr int kMinRows = 8;

// Colours of terminals, in an order that the colour-blind tell apart.
constexpr int kAnsi[] = {36, 33, 35, 32, 34, 31, 37, 90};
constexpr int kFaint = 90;

std::string painted(std::string_view text, int ansi, const Terminal& terminal) {
  if (!terminal.colour || ansi == 0) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", ansi, text);
}

int ansi_of(std::size_t curve) { return kAnsi[curve % std::size(kAnsi)]; }

// The letter of a schedule; after z they begin again.
char letter_of(std::size_t curve) { return static_cast<char>('a' + curve % 26); }

// A character of a panel.
struct Cell {
  std::uint8_t dots = 0;
  int ansi = 0;
  char letter = 0;  // instead of dots
  std::size_t curve = 0;
};

class BrailleCanvas {
 public:
  BrailleCanvas(int columns, int rows)
      : columns_(columns),
        rows_(rows),
        cells_(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows)) {}

  [[nodiscard]] int columns() const { return columns_; }
  [[nodiscard]] int rows() const { return rows_; }
  [[nodiscard]] Cell& cell(int column, int row) {
    return cells_[static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) +
                  static_cast<std::size_t>(column)];
  }

  void dot(int x, int y, int ansi, std::size_t curve) {
    // The bits of Unicode's braille patterns, columns from the left, each from above.
    constexpr std::uint8_t kBits[kDotsAcross][kDotsDown] = {{0x01, 0x02, 0x04, 0x40},
                                                            {0x08, 0x10, 0x20, 0x80}};
    if (x < 0 || y < 0 || x >= columns_ * kDotsAcross || y >= rows_ * kDotsDown) return;
    Cell& here = cell(x / kDotsAcross, y / kDotsDown);
    here.dots |= kBits[x % kDotsAcross][y % kDotsDown];
    here.ansi = ansi;
    here.curve = curve;
  }

  // A line of dots from one to another.
  void line(Point from, Point to, int ansi, std::size_t curve) {
    const int steps = std::max(
        1, static_cast<int>(std::ceil(std::max(std::abs(to.x - from.x), std::abs(to.y - from.y)))));
    for (int i = 0; i <= steps; ++i) {
      const double share = static_cast<double>(i) / steps;
      dot(static_cast<int>(std::lround(from.x + share * (to.x - from.x))),
          static_cast<int>(std::lround(from.y + share * (to.y - from.y))), ansi, curve);
    }
  }

 private:
  int columns_;
  int rows_;
  std::vector<Cell> cells_;
};

std::string utf8_braille(std::uint8_t dots) {
  // U+2800 + dots.
  return {static_cast<char>(0xE2), static_cast<char>(0xA0 | (dots >> 6)),
          static_cast<char>(0x80 | (dots & 0x3F))};
}

// A character in the cell's place, without colour.
std::string shown(const Cell& cell, const Terminal& terminal, bool several) {
  if (cell.letter != 0) return {cell.letter};
  if (cell.dots == 0) return " ";
  if (terminal.braille) return utf8_braille(cell.dots);
  if (cell.ansi == kFaint) return ":";
  return {several ? letter_of(cell.curve) : '*'};
}

std::string padded(std::string_view text, int width) {
  return fmt::format("{:<{}}", text.substr(0, static_cast<std::size_t>(std::max(width, 0))),
                     std::max(width, 0));
}

// A panel as lines of text.
class TextPanel {
 public:
  TextPanel(const std::vector<NamedSchedule>& schedules, const std::vector<int>& marks,
            const Quantity& quantity, const Terminal& terminal, int columns, int rows)
      : schedules_(schedules), marks_(marks), quantity_(quantity), terminal_(terminal) {
    const Axis values = axis_of(quantity, schedules);
    constexpr int kTitle = 1;
    constexpr int kTimes = 1;
    const int height = std::max(1, rows - kTitle - kTimes);
    ticks_ = ticks(values, std::max(1, height / 3));
    for (const Tick& tick : ticks_) {
      numbers_ = std::max(numbers_, static_cast<int>(tick.label.size()));
    }
    const int width = std::max(1, columns - numbers_ - 1);
    const bool shares = over_share(schedules);
    Axis time;
    if (!shares) time.high = schedules.front().schedule.steps();
    // Its corners are middles of dots.
    panel_ = {{0, 0, width * kDotsAcross - 1.0, height * kDotsDown - 1.0}, values, time, shares};
    canvas_.emplace(width, height);
    width_ = columns;
    draw();
  }

  [[nodiscard]] std::vector<std::string> lines() {
    std::vector<std::string> out;
    out.push_back(padded(
        std::string(static_cast<std::size_t>(numbers_) + 1, ' ') + std::string(quantity_.word),
        width_));
    for (int row = 0; row < canvas_->rows(); ++row) {
      std::string line = number_at(row) + (terminal_.braille ? "\u2502" : "|");
      for (int column = 0; column < canvas_->columns();) {
        const int ansi = canvas_->cell(column, row).ansi;
        std::string run;
        for (; column < canvas_->columns() && canvas_->cell(column, row).ansi == ansi; ++column) {
          run += shown(canvas_->cell(column, row), terminal_, schedules_.size() > 1);
        }
        line += painted(run, ansi, terminal_);
      }
      out.push_back(std::move(line));
    }
    out.push_back(times());
    return out;
  }

 private:
  void draw() {
    for (const int t : marks_) {
      for (const NamedSchedule& named : schedules_) {
        const double x = panel_.at(named.schedule, t, 0).x;
        for (int y = 0; y < canvas_->rows() * kDotsDown; y += 2) {
          canvas_->dot(static_cast<int>(std::lround(x)), y, kFaint, 0);
        }
      }
    }
    for (std::size_t i = schedules_.size(); i-- > 0;) draw_curve(i);
    if (schedules_.size() == 1 || terminal_.colour || !terminal_.braille) return;
    for (std::size_t i = 0; i < schedules_.size(); ++i) put_letter(i);
  }

  void draw_curve(std::size_t curve) {
    const int ansi = ansi_of(curve);
    const NoiseSchedule& schedule = schedules_[curve].schedule;
    Polyline line;
    for (int t = quantity_.first; t <= schedule.steps(); ++t) {
      line.push_back(panel_.at(schedule, t, quantity_.value(schedule, t)));
    }
    for (const Polyline& piece : clipped(line, panel_.box.top, panel_.box.bottom)) {
      canvas_->line(piece.front(), piece.front(), ansi, curve);
      for (std::size_t i = 1; i < piece.size(); ++i) {
        canvas_->line(piece[i - 1], piece[i], ansi, curve);
      }
    }
  }

  // In the middle of a stretch of its own of the width, so that no two are at one place.
  void put_letter(std::size_t curve) {
    const double share =
        (static_cast<double>(curve) + 0.5) / static_cast<double>(schedules_.size());
    const NoiseSchedule& schedule = schedules_[curve].schedule;
    const int t = std::clamp(static_cast<int>(std::lround(share * schedule.steps())),
                             quantity_.first, schedule.steps());
    const Point at = panel_.at(schedule, t, quantity_.value(schedule, t));
    if (!(at.y >= panel_.box.top && at.y <= panel_.box.bottom)) return;
    canvas_
        ->cell(static_cast<int>(std::lround(at.x)) / kDotsAcross,
               static_cast<int>(std::lround(at.y)) / kDotsDown)
        .letter = letter_of(curve);
  }

  [[nodiscard]] std::string number_at(int row) const {
    std::string label;
    for (const Tick& tick : ticks_) {
      const auto y = static_cast<int>(std::lround(panel_.height_of(tick.value)));
      if (y / kDotsDown == row) label = tick.label;
    }
    return fmt::format("{:>{}}", label, numbers_);
  }

  // The ends of the width, and what it is between them.
  [[nodiscard]] std::string times() const {
    const std::string first = "0";
    const std::string last = fmt::format("{:.0f}", panel_.time.high);
    const std::string name = panel_.over_share ? "t / T" : "t";
    const int width = canvas_->columns();
    std::string line = padded(first, width);
    const auto put = [&](const std::string& text, int at) {
      if (at > static_cast<int>(first.size()) && at + static_cast<int>(text.size()) <= width) {
        line.replace(static_cast<std::size_t>(at), text.size(), text);
      }
    };
    put(last, width - static_cast<int>(last.size()));
    if (width >= static_cast<int>(last.size() + name.size()) * 3) {
      put(name, (width - static_cast<int>(name.size())) / 2);
    }
    return std::string(static_cast<std::size_t>(numbers_) + 1, ' ') + line;
  }

  const std::vector<NamedSchedule>& schedules_;
  const std::vector<int>& marks_;
  const Quantity& quantity_;
  const Terminal& terminal_;
  std::vector<Tick> ticks_;
  int numbers_ = 0;  // characters to the left
  int width_ = 0;
  Panel panel_{};
  std::optional<BrailleCanvas> canvas_;
};

// The first characters of a text.
std::string cut(std::string_view text, int columns) {
  std::size_t end = 0;
  for (int i = 0; i < columns && end < text.size(); ++i) {
    end += first_character(text.substr(end)).size;
  }
  return std::string(text.substr(0, end));
}

// A line for each schedule, its letter or colour, its name, where its SNR is 1; and for each mark
// one of its values there.
std::vector<std::string> legend(const std::vector<NamedSchedule>& schedules,
                                const std::vector<int>& marks, const Terminal& terminal) {
  constexpr int kKey = 3;
  const bool lettered = schedules.size() > 1 && !terminal.colour;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < schedules.size(); ++i) {
    const auto& [label, schedule, timesteps] = schedules[i];
    std::string text = legible(label);
    if (over_share(schedules)) text += fmt::format(", T = {}", schedule.steps());
    if (const auto balance = balance_of(schedule)) {
      text += fmt::format(", SNR = 1 at t = {}", balance->nearest);
    }
    const std::string line = terminal.braille ? "\u2500\u2500 " : "-- ";
    const std::string key = lettered ? fmt::format("{}  ", letter_of(i)) : line;
    lines.push_back(painted(key, ansi_of(i), terminal) + cut(text, terminal.columns - kKey));
    for (const int t : marks) {
      std::string values =
          fmt::format("   t = {}: alpha_bar {:.4g}, sigma {:.4g}, log SNR {:.4g}", t,
                      schedule.alpha_bar(t), schedule.sigma(t), schedule.log_snr(t));
      if (t > 0) values += fmt::format(", beta {:.4g}", schedule.beta(t));
      lines.push_back(cut(values, terminal.columns));
    }
  }
  return lines;
}

}  // namespace

std::string terminal_plot(const std::vector<NamedSchedule>& schedules,
                          const std::vector<int>& marks, const Terminal& terminal) {
  constexpr int kWide = 60;  // for two panels side by side
  constexpr int kHigh = 40;  // for two one below the other
  constexpr int kBetween = 2;
  const int width = std::max(terminal.columns, kMinColumns);
  const auto heads = legend(schedules, marks, terminal);
  const int height = std::max(terminal.rows - 1 - static_cast<int>(heads.size()), kMinRows);
  const int across = width >= kWide ? 2 : 1;
  const int down = height >= kHigh || across == 1 ? 2 : 1;
  constexpr std::size_t kOrder[] = {2, 0, 1, 3};  // of quantities(): log SNR first
  std::string text;
  for (const std::string& line : heads) text += line + "\n";
  for (int row = 0; row < down; ++row) {
    std::vector<std::vector<std::string>> panels;
    for (int column = 0; column < across; ++column) {
      const Quantity& quantity = quantities()[kOrder[row * across + column]];
      panels.push_back(TextPanel(schedules, marks, quantity, terminal,
                                 (width - (across - 1) * kBetween) / across, height / down)
                           .lines());
    }
    for (std::size_t i = 0; i < panels.front().size(); ++i) {
      for (std::size_t k = 0; k < panels.size(); ++k) {
        text += (k == 0 ? "" : std::string(kBetween, ' ')) + panels[k][i];
      }
      text.erase(text.find_last_not_of(' ') + 1);
      text += "\n";
    }
  }
  return text;
}

}  // namespace qsample::plot
