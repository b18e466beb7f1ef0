#include "cli/options/noise/process_options.h"

#include <fmt/format.h>

#include "cli/options/values.h"

namespace qsample::cli {
namespace {

// "the blur's deviation at T, in pixels (default: blur 20, heat 20)".
std::string parameter_help(std::string_view parameter) {
  std::string text;
  for (const CorruptionFamily& family : corruption_families()) {
    for (const Parameter& known : family.parameters) {
      if (known.name != parameter) continue;
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", family.name, known.default_value);
    }
  }
  return fmt::format("{} (default: {})",
                     parameter == "blur-sigma-max"   ? "deviation of the blur at T, in pixels"
                     : parameter == "blur-sigma-min" ? "the same at t = 1"
                                                     : "what is left of every frequency",
                     text);
}

}  // namespace

void ProcessOptions::add_to(CLI::App& command) {
  const std::string group = "Noise";
  Choices<const CorruptionFamily*> rows;
  for (const CorruptionFamily& family : corruption_families()) {
    rows.emplace_back(family.name, &family);
  }
  add_choice<const CorruptionFamily*>(
      command, "--process", family_,
      "what x_t is: alpha_t x_0 + sigma_t eps (gaussian, default); the same of an x_0 that blurs "
      "as "
      "t grows, as blurring diffusion (blur) and heat dissipation (heat) have it; or 8-bit values "
      "drawn "
      "by D3PM's transitions (d3pm-uniform, d3pm-absorbing, d3pm-gaussian)",
      rows)
      ->group(group);
  for (const CorruptionFamily& family : corruption_families()) {
    add_parameters(command, family.parameters, parameter_help, group, parameters_);
  }
}

Corruption ProcessOptions::corruption() const {
  Corruption corruption{family_, {}};
  for (const auto& [name, value] : parameters_) {
    if (value) corruption.parameters.emplace(name, *value);
  }
  return corruption;
}

}  // namespace qsample::cli
