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

std::vector<double> parse_betas(std::string_view text, const std::string& name) {
  std::vector<double> betas;
  std::size_t line = 1;
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
      betas.push_back(*value);
      at += word.size();
    }
  }
  if (betas.empty()) throw Error(name + ": lists no betas");
  return betas;
}

// The columns that are read.
enum Column : std::size_t { kT, kBeta, kAlphaBar, kAlpha, kSigma, kColumns };
constexpr std::string_view kNames[kColumns] = {"t", "beta", "alpha_bar", "alpha", "sigma"};

struct Row {
  std::optional<double> values[kColumns];
};

// Rows from t = 1 on; that of the clean image is passed over.
class Table {
 public:
  Table(std::string name, std::string_view unit) : name_(std::move(name)), unit_(unit) {}

  // `place` is what is counted for messages.
  void add(const Row& row, std::size_t place) {
    const auto& v = row.values;
    const auto refuse = [&](const std::string& what) { fail(name_, unit_, place, what); };
    const bool has_signal = v[kAlphaBar] || v[kAlpha];
    const double alpha_squared = v[kAlphaBar].value_or(std::pow(v[kAlpha].value_or(0), 2));
    const double sigma_squared = v[kSigma] ? std::pow(*v[kSigma], 2) : 1 - alpha_squared;
    const bool is_clean = has_signal && alpha_squared == 1 && sigma_squared == 0;
    if (rows_ == 0 && (v[kT] ? *v[kT] == 0 : is_clean)) {
      if (has_signal && !is_clean) refuse("t = 0 is not the clean image");
      return;
    }
    if (!has_signal && !v[kBeta]) {
      refuse(fmt::format("has neither alpha nor alpha_bar{}", kExpected));
    }
    ++rows_;
    if (v[kT] && *v[kT] != static_cast<double>(rows_)) {
      refuse(fmt::format("t is not {}: rows go up by 1", rows_));
    }
    if (has_signal) variances_.push_back({alpha_squared, sigma_squared});
    if (v[kBeta]) betas_.push_back(*v[kBeta]);
    if ((has_signal && variances_.size() != rows_) || (v[kBeta] && betas_.size() != rows_)) {
      refuse("has a value that rows before it have not");
    }
  }

  // What the rows are.
  ScheduleFile take() {
    if (rows_ == 0) throw Error(name_ + ": has no row beside the clean image");
    for (const std::size_t count : {variances_.size(), betas_.size()}) {
      if (count != 0 && count != rows_) throw Error(name_ + ": rows have not the same columns");
    }
    if (!betas_.empty() && betas_say_it()) variances_.clear();
    return {std::move(betas_), std::move(variances_)};
  }

 private:
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
  std::size_t rows_ = 0;
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

std::size_t column_of(std::string_view name) {
  return static_cast<std::size_t>(std::find(std::begin(kNames), std::end(kNames), name) -
                                  std::begin(kNames));
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

// Whether the first line that says something names a column.
bool names_columns(std::string_view text) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find_first_of("\r\n"));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.find_first_not_of(" \t") == std::string_view::npos || line.starts_with('#')) continue;
    const auto parts = parts_of(line);
    return std::any_of(parts.begin(), parts.end(),
                       [](std::string_view part) { return column_of(part) != kColumns; });
  }
  return false;
}

}  // namespace

ScheduleFile parse_schedule_file(std::string_view text, const std::string& name) {
  const auto bracket = text.find_first_not_of(" \t\r\n");
  if (bracket != std::string_view::npos && text[bracket] == '[') {
    const auto next = text.find_first_not_of(" \t\r\n", bracket + 1);
    if (next != std::string_view::npos && text[next] == '{') return parse_rows(text, name);
  }
  if (names_columns(text)) return parse_csv(text, name);
  return {parse_betas(text, name), {}};
}

}  // namespace qsample
