// The README's table of diffusers' classes, made of what the code does with each.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "peers/diffusers/scheduler_classes.h"
#include "peers/diffusers/scheduler_config.h"
#include "qsample/error.h"
#include "temporary_folder.h"

namespace qsample {
namespace {

std::string config_of(std::string_view name, const std::string& more = {}) {
  return fmt::format(R"({{"_class_name": "{}"{}}})", name, more);
}

std::string formula_of(Process process) {
  switch (process) {
    case Process::preserving: return "alpha x_0 + sigma eps";
    case Process::exploding: return "x_0 + sigma eps";
    case Process::flow: return "(1 - u) x_0 + u eps";
    case Process::other: break;
  }
  return "-";
}

std::string default_of(const ScheduleSpec& spec) {
  std::string text = "`" + spec.name + "`";
  for (const auto& [name, value] : spec.parameters) {
    if (value != 0) text += fmt::format(" {} {:.6g},", name, value);
  }
  if (text.ends_with(',')) text.pop_back();
  return text;
}

// What set_timesteps(4) visits, in the class's order.
std::string grid_of(std::string_view name) {
  const auto spec = parse_scheduler_config(config_of(name), "c.json", {.inference_steps = 4}).spec;
  std::vector<std::string> names;
  for (const double timestep : spec.timesteps) names.push_back(fmt::format("{:.4g}", timestep));
  std::reverse(names.begin(), names.end());
  return fmt::format("{}", fmt::join(names, ", "));
}

// Which fields for other sigmas change what set_timesteps(4) gives.
std::string other_sigmas_of(std::string_view name) {
  std::vector<std::string> words;
  const ConfigRequest request{.inference_steps = 4};
  const auto plain = parse_scheduler_config(config_of(name), "c.json", request).spec.table;
  const auto differs = [](const Variances& a, const Variances& b) {
    return a.sigma_squared != b.sigma_squared;
  };
  for (const std::string word :
       {"karras_sigmas", "exponential_sigmas", "beta_sigmas", "lu_lambdas", "flow_sigmas"}) {
    try {
      const auto text = config_of(name, fmt::format(R"(, "use_{}": true, "flow_shift": 2)", word));
      const auto table = parse_scheduler_config(text, "c.json", request).spec.table;
      if (!std::equal(table.begin(), table.end(), plain.begin(), plain.end(),
                      [&](const auto& a, const auto& b) { return !differs(a, b); })) {
        words.push_back(word.substr(0, word.find('_')));
      }
    } catch (const Error&) {  // which the class refuses
    }
  }
  return words.empty() ? "" : fmt::format("{}", fmt::join(words, ", "));
}

std::string float32_of(SchedulerConfig config) {
  config.spec.precision = config.rounding;
  try {
    (void)make_schedule(config.spec);
    return "yes";
  } catch (const InvalidArgument&) {
    return "no";
  }
}

std::string expected_table() {
  std::string table =
      "| class of diffusers, without Scheduler | x_t | as it is by default | set_timesteps(4) "
      "visits | "
      "other sigmas | float32 |\n|---|---|---|---|---|---|\n";
  for (const auto& known : known_scheduler_classes()) {
    const auto config = parse_scheduler_config(config_of(known.name), "c.json");
    const auto schedule = make_schedule(config.spec);
    std::string name(known.name);
    name.erase(name.rfind("Scheduler"));
    table += fmt::format("| {} | {} | {} | {} | {} | {} |\n", name, formula_of(schedule.process()),
                         default_of(config.spec), grid_of(known.name), other_sigmas_of(known.name),
                         float32_of(config));
  }
  return table;
}

TEST(ClassTable, IsThatOfTheReadme) {
  const std::string readme = read_text(QSAMPLE_README);
  const std::string table = expected_table();
  EXPECT_NE(readme.find(table), std::string::npos)
      << "The README's table of the classes should be:\n\n"
      << table;
}

}  // namespace
}  // namespace qsample
