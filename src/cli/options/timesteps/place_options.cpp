#include "cli/options/timesteps/place_options.h"

#include <fmt/format.h>

#include <array>
#include <string>

#include "cli/options/values.h"
#include "qsample/schedules/place.h"

namespace qsample::cli {
namespace {

struct Row {
  PathPlace::Kind kind;
  const char* help;
};

constexpr std::array kRows = {
    Row{PathPlace::Kind::sigma,
        "exactly where sigma / alpha is X, between two timesteps too; of a flow "
        "where its own sigma is. A schedule with a formula has it there; of betas and tables "
        "log(sigma / alpha) is linear between timesteps, as in k-diffusion, and a flow's sigma"},
    Row{PathPlace::Kind::u, "likewise where t is X T, in (0, 1]"},
    Row{PathPlace::Kind::log_snr, "likewise where the natural logarithm of the SNR is X"},
};

}  // namespace

void add_place_options(CLI::App& command, std::optional<PathPlace>& place, std::string_view what,
                       std::vector<CLI::Option*> others) {
  for (const Row& row : kRows) {
    const std::string option = fmt::format("--{}", place_kind_name(row.kind));
    auto* added =
        command
            .add_option_function<std::string>(
                option,
                [&place, row, option](const std::string& text) {
                  place = {row.kind, parse_number<double>(text, option)};
                },
                row.kind == PathPlace::Kind::sigma ? fmt::format("{}{}", what, row.help) : row.help)
            ->type_name("X");
    for (CLI::Option* other : others) added->excludes(other);
    others.push_back(added);
  }
}

}  // namespace qsample::cli
