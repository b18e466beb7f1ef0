#include "pipeline/curves/schedule_table.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "base/json.h"
#include "pipeline/plot/lettering.h"

namespace qsample::plot {
namespace {

constexpr std::array kColumns = {"beta", "alpha_bar", "alpha", "sigma", "snr", "log_snr"};

// A row's numbers in the order of the columns; beta is NaN where there is none.
struct Row {
  int t;
  std::array<double, kColumns.size()> values;
};

Row row_of(const NoiseSchedule& schedule, int t) {
  return {
      t,
      {t == 0 ? std::numeric_limits<double>::quiet_NaN() : schedule.beta(t), schedule.alpha_bar(t),
       schedule.alpha(t), schedule.sigma(t), schedule.snr(t), schedule.log_snr(t)}};
}

std::string plain_line(const Row& row) {
  std::string line = fmt::format("{:>7}", row.t);
  for (const double value : row.values) {
    line += std::isnan(value) ? fmt::format("  {:>12}", "-") : fmt::format("  {:>12.6g}", value);
  }
  return line + "\n";
}

std::string csv_line(const Row& row) {
  std::string line = fmt::format("{}", row.t);
  for (const double value : row.values) {
    line += std::isnan(value) ? "," : fmt::format(",{:.17g}", value);
  }
  return line + "\n";
}

std::string json_object(const Row& row) {
  std::string line = fmt::format("{{\"t\": {}", row.t);
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    line += std::isfinite(row.values[i])
                ? fmt::format(", \"{}\": {:.17g}", kColumns[i], row.values[i])
                : fmt::format(", \"{}\": null", kColumns[i]);
  }
  return line + "}";
}

// A field of csv, in quotes where it needs them.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

std::string heading(bool csv) {
  std::string line = csv ? "t" : fmt::format("{:>7}", "t");
  for (const char* column : kColumns) {
    line += csv ? fmt::format(",{}", column) : fmt::format("  {:>12}", column);
  }
  return line + "\n";
}

// Gives text to the sink in large pieces.
class Pieces {
 public:
  Pieces(Stop stop, const TextSink& sink) : stop_(stop), sink_(sink) {}

  void add(std::string_view text) {
    constexpr std::size_t kPiece = 1 << 16;
    text_ += text;
    if (text_.size() >= kPiece) end();
  }
  void end() {
    throw_if(stop_);
    sink_(text_);
    text_.clear();
  }

 private:
  Stop stop_;
  const TextSink& sink_;
  std::string text_;
};

// From a job's first row of a schedule to the last.
struct Rows {
  int first;
  int last;
};

Rows rows_of(const CurvesJob& job, std::size_t i) {
  if (!job.rows.empty()) return {job.rows[i], job.rows[i]};
  return {0, job.schedules[i].schedule.steps()};
}

void write_plain(const CurvesJob& job, Pieces& pieces) {
  for (std::size_t i = 0; i < job.schedules.size(); ++i) {
    const auto& [label, schedule] = job.schedules[i];
    if (job.schedules.size() > 1) {
      pieces.add(fmt::format("{}{}:\n", i == 0 ? "" : "\n", legible(label)));
    }
    pieces.add(heading(false));
    const auto [first, last] = rows_of(job, i);
    for (int t = first; t <= last; ++t) pieces.add(plain_line(row_of(schedule, t)));
  }
}

void write_csv(const CurvesJob& job, Pieces& pieces) {
  const bool several = job.schedules.size() > 1;
  pieces.add((several ? "schedule," : "") + heading(true));
  for (std::size_t i = 0; i < job.schedules.size(); ++i) {
    const auto& [label, schedule] = job.schedules[i];
    const std::string name = several ? csv_field(label) + "," : "";
    const auto [first, last] = rows_of(job, i);
    for (int t = first; t <= last; ++t) pieces.add(name + csv_line(row_of(schedule, t)));
  }
}

void write_json(const CurvesJob& job, Pieces& pieces) {
  const bool several = job.schedules.size() > 1;
  if (several) pieces.add("{\n");
  for (std::size_t i = 0; i < job.schedules.size(); ++i) {
    const auto& [label, schedule] = job.schedules[i];
    if (several) pieces.add(json_text(Json(label)) + ": ");
    pieces.add("[\n");
    const auto [first, last] = rows_of(job, i);
    for (int t = first; t <= last; ++t) {
      pieces.add(json_object(row_of(schedule, t)) + (t < last ? ",\n" : "\n]"));
    }
    pieces.add(i + 1 < job.schedules.size() ? ",\n" : "\n");
  }
  if (several) pieces.add("}\n");
}

}  // namespace

void write_table(const CurvesJob& job, TableForm form, Stop stop, const TextSink& sink) {
  Pieces pieces(stop, sink);
  switch (form) {
    case TableForm::plain: write_plain(job, pieces); break;
    case TableForm::csv: write_csv(job, pieces); break;
    case TableForm::json: write_json(job, pieces); break;
  }
  pieces.end();
}

}  // namespace qsample::plot
