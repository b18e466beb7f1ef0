#include "pipeline/sheet/sheet_picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>

#include "opencv/drawing/canvas.h"
#include "opencv/drawing/lettering.h"
#include "pipeline/plot/lettering.h"
#include "pipeline/sheet/sheet_labels.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr double kLineHeight = 1.45;  // of the size of letters
constexpr int kMostBins = 120;
constexpr int kPixelsABin = 3;
constexpr double kHistogramTop = 1.5;  // of the height of the bell
constexpr std::size_t kMostPixels = std::size_t{1} << 28;

// Letters and lines that are seen on a background.
struct Shades {
  Colour letters, pale, bars, bell;
};

Shades shades_on(Colour background) {
  const double light = 0.299 * background.red + 0.587 * background.green + 0.114 * background.blue;
  if (light > 127) return {{32, 32, 32}, {150, 150, 150}, {120, 160, 200}, {200, 70, 0}};
  return {{235, 235, 235}, {130, 130, 130}, {80, 120, 165}, {255, 165, 70}};
}

// A line of text, one for each frame, or for each column.
struct Line {
  std::vector<std::vector<Forms>> texts;  // of rows, of columns
  std::size_t form = 0;
};

class Sheet {
 public:
  Sheet(const SheetJob& job, const std::vector<std::vector<SheetCell>>& rows)
      : job_(job), style_(job.style), rows_(rows), shades_(shades_on(style_.background)) {
    columns_ = rows.front().size();
    for (const auto& row : rows) {
      int height = 0;
      for (const SheetCell& cell : row) {
        column_width_ = std::max(column_width_, cell.picture.width);
        height = std::max(height, cell.picture.height);
      }
      heights_.push_back(height);
    }
    const int side = std::max(column_width_, *std::max_element(heights_.begin(), heights_.end()));
    letters_ = std::clamp(side / 14.0, 10.0, 64.0);
    set_labels();
    set_row_labels();
    histogram_height_ = style_.histogram ? std::max(18, column_width_ / 3) : 0;
  }

  Image draw() {
    const int width = left() + static_cast<int>(columns_) * (column_width_ + style_.gap) -
                      style_.gap + style_.border;
    int height =
        2 * style_.border - style_.gap + line_height() * static_cast<int>(headings_.size());
    for (const int row : heights_) height += row + below() + style_.gap;
    if (static_cast<std::size_t>(width) * static_cast<std::size_t>(height) > kMostPixels) {
      throw Error("the sheet would have " + std::to_string(width) + " x " + std::to_string(height) +
                  " pixels; make its frames smaller with `view-size`, or fewer");
    }
    canvas_.emplace(width, height, style_.background);
    draw_headings();
    int y = style_.border + line_height() * static_cast<int>(headings_.size());
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      draw_row(row, y);
      y += heights_[row] + below() + style_.gap;
    }
    return std::move(canvas_->image());
  }

 private:
  [[nodiscard]] int line_height() const {
    return static_cast<int>(std::lround(letters_ * kLineHeight));
  }
  [[nodiscard]] int left() const { return style_.border + row_labels_width_; }
  // What stands below a frame.
  [[nodiscard]] int below() const {
    return line_height() * static_cast<int>(captions_.size()) +
           (style_.histogram ? padding() + histogram_height_ + line_height() : 0);
  }
  [[nodiscard]] int padding() const { return static_cast<int>(letters_ / 2); }
  [[nodiscard]] int x_of(std::size_t column) const {
    return left() + static_cast<int>(column) * (column_width_ + style_.gap);
  }
  // The middle of a column: letters stand around it.
  [[nodiscard]] double middle_of(std::size_t column) const {
    return x_of(column) + column_width_ / 2.0;
  }
  // The baseline of a line of text whose upper edge is at `top`, its capitals in the middle.
  [[nodiscard]] double baseline(double top) const {
    return top + (line_height() + letters_ * cap_height()) / 2;
  }

  // Chooses forms that fit, and makes the columns wider where none does.
  void fit(Line& line) {
    std::vector<Forms> all;
    for (const auto& row : line.texts) all.insert(all.end(), row.begin(), row.end());
    line.form = fitting_form(all, letters_, column_width_ + style_.gap / 2.0);
    for (const Forms& forms : all) {
      const double width = text_width(forms[line.form], letters_) - style_.gap / 2.0;
      column_width_ = std::max(column_width_, static_cast<int>(std::ceil(width)));
    }
  }

  void set_labels() {
    for (const SheetLabel label : style_.labels) {
      Line line;
      for (const SheetRow& row : job_.rows) {
        auto& texts = line.texts.emplace_back();
        for (const int t : row.ts) {
          texts.push_back(forms_of(label, row.process->schedule, t, job_.offset));
        }
      }
      fit(line);
      const bool alike = std::all_of(line.texts.begin(), line.texts.end(),
                                     [&](const auto& row) { return row == line.texts.front(); });
      (alike ? headings_ : captions_).push_back(std::move(line));
    }
    if (!style_.histogram) return;
    for (const auto& row : rows_) {
      auto& texts = moments_.texts.emplace_back();
      for (const SheetCell& cell : row) texts.push_back(forms_of(cell.histogram));
    }
    fit(moments_);
  }

  void set_row_labels() {
    double widest = 0;
    for (const SheetRow& row : job_.rows) {
      row_labels_.push_back(plot::shortened(row.label, 12 * letters_, letters_));
      widest = std::max(widest, text_width(row_labels_.back(), letters_));
    }
    if (widest > 0)
      row_labels_width_ = static_cast<int>(std::ceil(widest)) + padding() + style_.gap;
  }

  void put(double x, double top, const std::string& text, Anchor anchor) {
    canvas_->text({x, baseline(top)}, text, {letters_, shades_.letters, anchor});
  }

  void draw_headings() {
    int top = style_.border;
    for (const Line& line : headings_) {
      for (std::size_t column = 0; column < columns_; ++column) {
        put(middle_of(column), top, line.texts.front()[column][line.form], Anchor::middle);
      }
      top += line_height();
    }
  }

  void draw_row(std::size_t row, int y) {
    put(left() - padding() - style_.gap / 2.0, y + (heights_[row] - line_height()) / 2.0,
        row_labels_[row], Anchor::end);
    for (std::size_t column = 0; column < columns_; ++column) {
      const SheetCell& cell = rows_[row][column];
      canvas_->place(x_of(column) + (column_width_ - cell.picture.width) / 2,
                     y + (heights_[row] - cell.picture.height) / 2, cell.picture);
      int top = y + heights_[row];
      for (const Line& line : captions_) {
        put(middle_of(column), top, line.texts[row][column][line.form], Anchor::middle);
        top += line_height();
      }
      if (style_.histogram) draw_histogram(row, column, top + padding());
    }
  }

  void draw_histogram(std::size_t row, std::size_t column, int top) {
    const Histogram& histogram = rows_[row][column].histogram;
    const double deviation = end_deviation(*job_.rows[row].process);
    const double peak = 1 / (deviation * std::sqrt(2 * std::acos(-1.0)));
    const int bottom = top + histogram_height_;
    const auto height_of = [&](double density) {
      return std::min(1.0, density / (kHistogramTop * peak)) * histogram_height_;
    };
    std::size_t bins = kMostBins;
    while (bins > 10 && static_cast<int>(bins) * kPixelsABin > column_width_) {
      do --bins;
      while (Histogram::kBins % bins != 0);
    }
    const auto edge = [&](std::size_t bin) {
      return x_of(column) + static_cast<int>(bin * static_cast<std::size_t>(column_width_) / bins);
    };
    for (std::size_t bin = 0; bin < bins; ++bin) {
      const int height = static_cast<int>(std::lround(height_of(density_in(histogram, bin, bins))));
      canvas_->fill({edge(bin), bottom - height, edge(bin + 1) - edge(bin), height}, shades_.bars);
    }
    canvas_->fill({x_of(column), bottom, column_width_, 1}, shades_.pale);
    std::vector<Point> bell;
    for (int i = 0; i <= column_width_; ++i) {
      const double x = histogram.reach * (2.0 * i / column_width_ - 1) / deviation;
      bell.push_back(
          {static_cast<double>(x_of(column) + i), bottom - height_of(peak * std::exp(-x * x / 2))});
    }
    canvas_->line(bell, std::max(1.25, letters_ / 10), shades_.bell);
    put(middle_of(column), bottom + 1, moments_.texts[row][column][moments_.form], Anchor::middle);
  }

  const SheetJob& job_;
  const SheetStyle& style_;
  const std::vector<std::vector<SheetCell>>& rows_;
  Shades shades_;
  std::size_t columns_ = 0;
  int column_width_ = 0;
  std::vector<int> heights_;  // of the pictures of a row
  double letters_ = 0;
  std::vector<Line> headings_;
  std::vector<Line> captions_;
  Line moments_;
  std::vector<std::string> row_labels_;
  int row_labels_width_ = 0;
  int histogram_height_ = 0;
  std::optional<Canvas> canvas_;
};

}  // namespace

Image draw_sheet(const SheetJob& job, const std::vector<std::vector<SheetCell>>& rows) {
  return Sheet(job, rows).draw();
}

}  // namespace qsample
