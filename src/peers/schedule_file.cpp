#include "peers/schedule_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <optional>
#include <string_view>

#include "base/json.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::string_view kSeparators = " \t\r\n,[]";
constexpr std::string_view kExpected =
    "; a schedule file lists betas, or is a table with columns such as alpha and sigma";

std::optional<double> number(std::string_view word) {
  double value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

[[noreturn]] void fail(const std::string& name, std::string_view unit, std::size_t count,
                       const std::string& what) {
  throw Error(fmt::format("{}: {} {}: {}", name, unit, count, what));
}

// A number, and the line that it stands on.
struct Word {
  double value;
  std::size_t line;
};

// Numbers between separators from `line` on; `what` they are.
std::vector<Word> parse_list(std::string_view text, const std::string& name, std::size_t line,
                             std::string_view what) {
  std::vector<Word> words;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '#') {
      at = std::min(text.find('\n', at), text.size());
    } else if (kSeparators.find(c) != std::string_view::npos) {
      line += c == '\n' ? 1 : 0;
      ++at;
    } else {
      const auto word = text.substr(at, text.find_first_of(" \t\r\n,[]#", at) - at);
      const auto value = number(word);
      if (!value) {
        fail(name, "line", line,
             fmt::format("'{}' is not a number{}", word.substr(0, 40), kExpected));
      }
      words.push_back({*value, line});
      at += word.size();
    }
  }
  if (words.empty()) throw Error(fmt::format("{}: lists no {}", name, what));
  return words;
}

// The columns that are read.
enum Column : std::size_t { kT, kBeta, kAlphaBar, kAlpha, kSigma, kSnr, kLogSnr, kColumns };
constexpr std::string_view kNames[kColumns] = {"t",     "beta", "alpha_bar", "alpha",
                                               "sigma", "snr",  "log_snr"};
constexpr std::pair<std::string_view, Column> kFurtherNames[] = {
    {"betas", kBeta},     {"alpha_bars", kAlphaBar}, {"alphas_cumprod", kAlphaBar},
    {"alphas", kAlpha},   {"sigmas", kSigma},        {"snrs", kSnr},
    {"log_snrs", kLogSnr}};

std::size_t column_of(std::string_view name) {
  for (const auto& [further, column] : kFurtherNames) {
    if (further == name) return column;
  }
  return static_cast<std::size_t>(std::find(std::begin(kNames), std::end(kNames), name) -
                                  std::begin(kNames));
}

struct Row {
  std::optional<double> values[kColumns];
};

// alpha^2 and sigma^2 of a row, if it tells them; of nothing but betas it does not.
std::optional<Variances> variances_of(const Row& row) {
  const auto& v = row.values;
  if (v[kAlphaBar] || v[kAlpha]) {
    const double alpha_squared = v[kAlphaBar].value_or(std::pow(v[kAlpha].value_or(0), 2));
    return Variances{alpha_squared, v[kSigma] ? std::pow(*v[kSigma], 2) : 1 - alpha_squared};
  }
  if (v[kBeta]) return std::nullopt;
  if (v[kLogSnr])
    return Variances{1 / (1 + std::exp(-*v[kLogSnr])), 1 / (1 + std::exp(*v[kLogSnr]))};
  if (v[kSnr]) {
    return std::isinf(*v[kSnr]) ? Variances{1, 0}
                                : Variances{*v[kSnr] / (1 + *v[kSnr]), 1 / (1 + *v[kSnr])};
  }
  if (v[kSigma]) return Variances{1, std::pow(*v[kSigma], 2)};
  return std::nullopt;
}

bool is_clean(const Variances& at) { return at.alpha_squared == 1 && at.sigma_squared == 0; }

// Rows of a table, as they come; those from t = 1 on are taken.
class Table {
 public:
  Table(std::string name, std::string_view unit) : name_(std::move(name)), unit_(unit) {}

  // `place` is what is counted for messages.
  void add(const Row& row, std::size_t place) {
    rows_.push_back(row);
    places_.push_back(place);
  }

  // What the rows are.
  ScheduleFile take() {
    turn();
    for (std::size_t i = 0; i < rows_.size(); ++i) take(rows_[i], places_[i]);
    if (taken_ == 0) throw Error(name_ + ": has no row beside the clean image");
    for (const std::size_t count : {variances_.size(), betas_.size()}) {
      if (count != 0 && count != taken_) throw Error(name_ + ": rows have not the same columns");
    }
    if (!betas_.empty() && betas_say_it()) variances_.clear();
    return {std::move(betas_), std::move(variances_)};
  }

 private:
  // Rows that do not count, and lose noise, go the other way.
  void turn() {
    if (rows_.size() < 2 || rows_.front().values[kT]) return;
    const auto first = variances_of(rows_.front());
    const auto last = variances_of(rows_.back());
    if (!first || !last) return;
    if (first->sigma_squared * last->alpha_squared > last->sigma_squared * first->alpha_squared) {
      std::reverse(rows_.begin(), rows_.end());
      std::reverse(places_.begin(), places_.end());
    }
  }

  void take(const Row& row, std::size_t place) {
    const auto& v = row.values;
    const auto refuse = [&](const std::string& what) { fail(name_, unit_, place, what); };
    const auto variances = variances_of(row);
    const bool clean = variances && is_clean(*variances);
    if (taken_ == 0 && (v[kT] ? *v[kT] == 0 : clean)) {
      if (variances && !clean) refuse("t = 0 is not the clean image");
      return;
    }
    if (!variances && !v[kBeta]) {
      refuse(fmt::format("has neither alpha nor alpha_bar{}", kExpected));
    }
    ++taken_;
    if (v[kT] && *v[kT] != static_cast<double>(taken_)) {
      refuse(fmt::format("t is not {}: rows go up by 1", taken_));
    }
    if (variances) variances_.push_back(*variances);
    if (v[kBeta]) betas_.push_back(*v[kBeta]);
    if ((variances && variances_.size() != taken_) || (v[kBeta] && betas_.size() != taken_)) {
      refuse("has a value that rows before it have not");
    }
  }

  // Whether the betas give the same table, to the last digit.
  [[nodiscard]] bool betas_say_it() const {
    try {
      const auto schedule = NoiseSchedule::from_betas(betas_);
      for (std::size_t i = 0; i < variances_.size(); ++i) {
        const int t = static_cast<int>(i) + 1;
        if (schedule.alpha_bar(t) != variances_[i].alpha_squared) return false;
        if (schedule.sigma(t) != std::sqrt(variances_[i].sigma_squared)) return false;
      }
      return true;
    } catch (const InvalidArgument&) {
      return false;
    }
  }

  std::string name_;
  std::string unit_;
  std::vector<Row> rows_;
  std::vector<std::size_t> places_;
  std::size_t taken_ = 0;
  std::vector<Variances> variances_;
  std::vector<double> betas_;
};

// The parts of a line of CSV, without the white space around them.
std::vector<std::string_view> parts_of(std::string_view line) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= line.size();) {
    const auto comma = std::min(line.find(',', at), line.size());
    auto part = line.substr(at, comma - at);
    while (!part.empty() && (part.front() == ' ' || part.front() == '\t')) part.remove_prefix(1);
    while (!part.empty() && (part.back() == ' ' || part.back() == '\t')) part.remove_suffix(1);
    parts.push_back(part);
    at = comma + 1;
  }
  return parts;
}

ScheduleFile parse_csv(std::string_view text, const std::string& name) {
  Table table(name, "line");
  std::vector<std::size_t> columns;
  std::size_t place = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    auto line = text.substr(at, end - at);
    at = end + 1;
    ++place;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t") == std::string_view::npos || line.starts_with('#')) continue;
    const auto parts = parts_of(line);
    if (columns.empty()) {
      for (const auto part : parts) columns.push_back(column_of(part));
      continue;
    }
    if (parts.size() != columns.size()) {
      fail(name, "line", place,
           fmt::format("has {} values below {} names", parts.size(), columns.size()));
    }
    Row row;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (columns[i] == kColumns || parts[i].empty()) continue;
      row.values[columns[i]] = number(parts[i]);
      if (!row.values[columns[i]]) {
        fail(name, "line", place, fmt::format("'{}' is not a number", parts[i].substr(0, 40)));
      }
    }
    table.add(row, place);
  }
  return table.take();
}

constexpr std::size_t kMostBytes = std::size_t{1} << 28;  // of a million rows

ScheduleFile parse_rows(std::string_view text, const std::string& name) {
  Table table(name, "row");
  std::size_t place = 0;
  Json rows;
  try {
    rows = parse_json(text, {.most_bytes = kMostBytes});
  } catch (const Error& e) {
    throw Error(name + ": " + e.what());
  }
  for (const Json& object : rows) {
    ++place;
    if (!object.is_object()) fail(name, "row", place, "is not an object as the first is");
    Row row;
    for (std::size_t column = 0; column < kColumns; ++column) {
      const auto value = object.find(kNames[column]);
      if (value == object.end() || value->is_null()) continue;
      if (!value->is_number()) {
        fail(name, "row", place, fmt::format("\"{}\" is not a number", kNames[column]));
      }
      row.values[column] = value->get<double>();
    }
    table.add(row, place);
  }
  return table.take();
}

// The first line that says something, and where it is.
struct FirstLine {
  std::string_view line;
  std::size_t number;  // from 1
  std::size_t end;     // in the text
};

FirstLine first_line(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = text.substr(at, end - at);
    at = std::min(end + 1, text.size());
    ++count;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos || line.starts_with('#'))
      continue;
    return {line, count, at};
  }
  return {{}, count, text.size()};
}

// "sigmas" or "sigmas:" above a list: which column that is; kColumns where it is none.
std::size_t list_heading(std::string_view line) {
  while (!line.empty() && std::string_view(" \t\r:").find(line.back()) != std::string_view::npos) {
    line.remove_suffix(1);
  }
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  const auto column = column_of(line);
  return column == kT ? std::size_t{kColumns} : column;
}

}  // namespace

ScheduleFile parse_schedule_file(std::string_view text, const std::string& name) {
  const auto bracket = text.find_first_not_of(" \t\r\n");
  if (bracket != std::string_view::npos && text[bracket] == '[') {
    const auto next = text.find_first_not_of(" \t\r\n", bracket + 1);
    if (next != std::string_view::npos && text[next] == '{') return parse_rows(text, name);
  }
  const FirstLine first = first_line(text);
  if (const auto column = list_heading(first.line); column != kColumns) {
    Table table(name, "line");
    for (const auto& [value, line] :
         parse_list(text.substr(first.end), name, first.number + 1, kNames[column])) {
      Row row;
      row.values[column] = value;
      table.add(row, line);
    }
    return table.take();
  }
  const auto parts = parts_of(first.line);
  if (std::any_of(parts.begin(), parts.end(),
                  [](std::string_view part) { return column_of(part) != kColumns; })) {
    return parse_csv(text, name);
  }
  ScheduleFile file;
  for (const auto& [value, line] : parse_list(text, name, 1, "betas")) file.betas.push_back(value);
  return file;
}

ScheduleFile schedule_of_columns(std::span<const ScheduleColumn> columns, const std::string& name) {
  Table table(name, "row");
  std::size_t rows = 0;
  for (const auto& column : columns) {
    if (column_of(column.name) == kColumns) continue;
    if (rows != 0 && rows != column.values.size()) {
      throw Error(fmt::format("{}: '{}' has {} values, and others {}", name, column.name,
                              column.values.size(), rows));
    }
    rows = column.values.size();
  }
  for (std::size_t i = 0; i < rows; ++i) {
    Row row;
    for (const auto& [label, values] : columns) {
      const auto column = column_of(label);
      if (column != kColumns && !std::isnan(values[i])) row.values[column] = values[i];
    }
    table.add(row, i + 1);
  }
  return table.take();
}

}  // namespace qsample
