#include "pipeline/curves/schedule_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "base/fail.h"
#include "base/json.h"
#include "formats/tensors/lists.h"
#include "pipeline/plot/lettering.h"

namespace qsample::plot {
namespace {

constexpr std::array kColumns = {"beta", "alpha_bar", "alpha", "sigma", "snr", "log_snr"};

// A row's numbers in the order of the columns; beta is NaN where there is none, as at t = 0 and
// between two rows, and so is the timestep.
struct Row {
  double t;
  double timestep;
  std::array<double, kColumns.size()> values;
};

Row row_of(const NamedSchedule& named, int t) {
  const auto& [label, schedule, timesteps] = named;
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  const bool is_step = t != 0 && !schedule.is_point(t);
  return {schedule.time(t),
          timesteps.empty() || !is_step ? kNone : timesteps.at(static_cast<std::size_t>(t) - 1),
          {is_step ? schedule.beta(t) : kNone, schedule.alpha_bar(t), schedule.alpha(t),
           schedule.sigma(t), schedule.snr(t), schedule.log_snr(t)}};
}

// Whether rows have a timestep besides t.
bool has_names(const CurvesJob& job) {
  return std::any_of(job.schedules.begin(), job.schedules.end(),
                     [](const NamedSchedule& named) { return !named.timesteps.empty(); });
}

std::string plain_line(const Row& row, bool named) {
  const auto cell = [](double value) {
    return std::isnan(value) ? fmt::format("  {:>12}", "-") : fmt::format("  {:>12.6g}", value);
  };
  const bool is_whole = row.t == std::floor(row.t);
  std::string line = fmt::format("{:>7.{}g}", row.t, is_whole ? 7 : 6);
  if (named) line += cell(row.timestep);
  for (const double value : row.values) line += cell(value);
  return line + "\n";
}

std::string csv_line(const Row& row, bool named) {
  const auto cell = [](double value) {
    return std::isnan(value) ? "," : fmt::format(",{:.17g}", value);
  };
  std::string line = fmt::format("{:.17g}", row.t);
  if (named) line += cell(row.timestep);
  for (const double value : row.values) line += cell(value);
  return line + "\n";
}

std::string json_object(const Row& row, bool named) {
  std::string line = fmt::format("{{\"t\": {:.17g}", row.t);
  if (named) {
    line += std::isnan(row.timestep) ? ", \"timestep\": null"
                                     : fmt::format(", \"timestep\": {:.17g}", row.timestep);
  }
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

std::string heading(bool csv, bool named) {
  std::string line = csv ? "t" : fmt::format("{:>7}", "t");
  if (named) line += csv ? ",timestep" : fmt::format("  {:>12}", "timestep");
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
    const NamedSchedule& named = job.schedules[i];
    if (job.schedules.size() > 1) {
      pieces.add(fmt::format("{}{}:\n", i == 0 ? "" : "\n", legible(named.label)));
    }
    const bool has_name = !named.timesteps.empty();
    pieces.add(heading(false, has_name));
    const auto [first, last] = rows_of(job, i);
    for (int t = first; t <= last; ++t) pieces.add(plain_line(row_of(named, t), has_name));
  }
}

void write_csv(const CurvesJob& job, Pieces& pieces) {
  const bool several = job.schedules.size() > 1;
  const bool has_name = has_names(job);
  pieces.add((several ? "schedule," : "") + heading(true, has_name));
  for (std::size_t i = 0; i < job.schedules.size(); ++i) {
    const NamedSchedule& named = job.schedules[i];
    const std::string name = several ? csv_field(named.label) + "," : "";
    const auto [first, last] = rows_of(job, i);
    for (int t = first; t <= last; ++t) pieces.add(name + csv_line(row_of(named, t), has_name));
  }
}

void write_json(const CurvesJob& job, Pieces& pieces) {
  const bool several = job.schedules.size() > 1;
  if (several) pieces.add("{\n");
  for (std::size_t i = 0; i < job.schedules.size(); ++i) {
    const NamedSchedule& named = job.schedules[i];
    if (several) pieces.add(json_text(Json(named.label)) + ": ");
    pieces.add("[\n");
    const auto [first, last] = rows_of(job, i);
    for (int t = first; t <= last; ++t) {
      pieces.add(json_object(row_of(named, t), !named.timesteps.empty()) +
                 (t < last ? ",\n" : "\n]"));
    }
    pieces.add(i + 1 < job.schedules.size() ? ",\n" : "\n");
  }
  if (several) pieces.add("}\n");
}

// Lists of doubles, NaN where a table says nothing.
void write_tensors(const CurvesJob& job, Pieces& pieces) {
  const bool several = job.schedules.size() > 1;
  std::vector<std::string> names;
  std::vector<double> numbers;
  std::size_t count = 0;
  for (std::size_t i = 0; i < job.schedules.size(); ++i) {
    const NamedSchedule& named = job.schedules[i];
    const std::string prefix = several ? named.label + "." : "";
    const Rows shown = rows_of(job, i);
    const auto add = [&](const std::string& name, const auto& value) {
      names.push_back(prefix + name);
      for (int t = shown.first; t <= shown.last; ++t) numbers.push_back(value(row_of(named, t)));
    };
    const std::size_t rows = static_cast<std::size_t>(shown.last - shown.first) + 1;
    if (count != 0 && count != rows) {
      fail("schedules of different T are not written into one .safetensors; give each a file");
    }
    count = rows;
    add("t", [](const Row& row) { return row.t; });
    if (!named.timesteps.empty()) add("timestep", [](const Row& row) { return row.timestep; });
    for (std::size_t column = 0; column < kColumns.size(); ++column) {
      add(kColumns[column], [column](const Row& row) { return row.values[column]; });
    }
  }
  pieces.add(safetensors_head_of_lists(names, count));
  pieces.add({reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(double)});
}

}  // namespace

void write_table(const CurvesJob& job, TableForm form, Stop stop, const TextSink& sink) {
  Pieces pieces(stop, sink);
  switch (form) {
    case TableForm::plain: write_plain(job, pieces); break;
    case TableForm::csv: write_csv(job, pieces); break;
    case TableForm::json: write_json(job, pieces); break;
    case TableForm::safetensors: write_tensors(job, pieces); break;
  }
  pieces.end();
}

}  // namespace qsample::plot
