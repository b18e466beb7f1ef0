// qsample schedule: the table of a schedule.

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <string>

#include "cli/commands/commands.h"
#include "cli/options/schedule_options.h"
#include "cli/options/shared_options.h"
#include "cli/options/timestep_options.h"
#include "cli/options/values.h"
#include "cli/stop.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

enum class Format { table, csv, json };

struct Options {
  ScheduleOptions schedule;
  Format format = Format::table;
  bool stats = false;
  std::string place;
};

constexpr const char* kExamples =
    "Examples:\n"
    "  qsample schedule | less\n"
    "  qsample schedule --schedule cosine -T 4000 --format csv > cosine.csv\n"
    "  qsample schedule --find grey-levels=25\n"
    "  qsample schedule --stats --schedule scaled-linear --zero-terminal-snr\n"
    "\n"
    "At t = 0 there is no beta, and the SNR is infinite: in csv an empty field and\n"
    "inf, in json both null.";

// A row's numbers in the order of the columns; beta is NaN where there is none.
struct Row {
  int t;
  std::array<double, 6> values;
};

constexpr std::array kColumns = {"beta", "alpha_bar", "alpha", "sigma", "snr", "log_snr"};

Row row_of(const NoiseSchedule& schedule, int t) {
  return {t,
          {t == 0 ? std::nan("") : schedule.beta(t), schedule.alpha_bar(t), schedule.alpha(t),
           schedule.sigma(t), schedule.snr(t), schedule.log_snr(t)}};
}

std::string table_line(const Row& row) {
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

std::string heading(Format format) {
  if (format == Format::json) return "[\n";
  std::string line = format == Format::csv ? "t" : fmt::format("{:>7}", "t");
  for (const char* column : kColumns) {
    line += format == Format::csv ? fmt::format(",{}", column) : fmt::format("  {:>12}", column);
  }
  return line + "\n";
}

void print_rows(const NoiseSchedule& schedule, Format format, int first, int last) {
  constexpr std::size_t kPiece = 1 << 16;
  std::string text = heading(format);
  for (int t = first; t <= last; ++t) {
    const Row row = row_of(schedule, t);
    switch (format) {
      case Format::table: text += table_line(row); break;
      case Format::csv: text += csv_line(row); break;
      case Format::json: text += json_object(row) + (t < last ? ",\n" : "\n]\n"); break;
    }
    if (text.size() < kPiece) continue;
    throw_if(stop_flag());
    print(text);
    text.clear();
  }
  print(text);
}

std::string stats_of(const NoiseSchedule& schedule) {
  const int last = schedule.steps();
  const int balanced = find_timestep(schedule, "snr=1").t;
  return fmt::format(
      "steps        {}\n"
      "beta         {:.6g} .. {:.6g}\n"
      "alpha_bar_T  {:.6g}\n"
      "snr_T        {:.6g}\n"
      "snr = 1      t = {} (snr {:.6g})\n"
      "prior        {:.3g} bits/dim, KL(q(x_T|x_0) || N(0, I)) for E[x_0^2] = 1/3\n",
      last, schedule.beta(1), schedule.beta(last), schedule.alpha_bar(last), schedule.snr(last),
      balanced, schedule.snr(balanced), schedule.prior_bits_per_dim());
}

int run(const Options& options, const Console& console) {
  const auto schedule = make_schedule(options.schedule.spec(console));
  if (options.stats) {
    print(stats_of(schedule));
  } else if (!options.place.empty()) {
    const auto [t, doubt] = find_timestep(schedule, options.place);
    print_rows(schedule, options.format, t, t);
    if (!doubt.empty()) console.warn(fmt::format("--find {}: {}", options.place, doubt));
  } else {
    print_rows(schedule, options.format, 0, schedule.steps());
  }
  warn_if_image_is_left(schedule, console);
  return 0;
}

Run add_options(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  command.footer(kExamples);
  auto* format = add_choice<Format>(
      command, "--format", options->format, "17 significant digits in csv and json",
      {{"table", Format::table}, {"csv", Format::csv}, {"json", Format::json}});
  auto* find =
      command
          .add_option(
              "--find", options->place,
              "only the row nearest to snr=1, log-snr=0, alpha-bar=0.5, sigma=0.5, grey-levels=25 "
              "(127.5 sigma/alpha) or 50% (of the steps)")
          ->type_name("PLACE");
  command
      .add_flag("--stats", options->stats,
                "a summary instead: where the SNR is 1, what is left of the image at T")
      ->excludes(format, find);
  options->schedule.add_to(command);
  add_console_options(command, console);
  return [options, &console] { return run(*options, console); };
}

std::string explain_surplus(const std::vector<std::string>& words) {
  return fmt::format("did you mean --schedule {}", words.front());
}

}  // namespace

const Command kSchedule = {"schedule", "Print the table of a schedule", add_options,
                           explain_surplus};

}  // namespace qsample::cli
