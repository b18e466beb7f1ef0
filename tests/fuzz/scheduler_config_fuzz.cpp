// The text of a scheduler_config.json, up to the schedule that it makes.

#include <cmath>
#include <string>

#include "fuzz/fuzzer.h"
#include "peers/diffusers/scheduler_config.h"
#include "qsample/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace qsample;
  const std::string text(data, data + size);
  try {
    auto config = parse_scheduler_config(text, "config.json", {.image_size = 512});
    if (config.spec.steps > 2000) return 0;  // right, and slow
    const auto schedule = make_schedule(config.spec);
    must(schedule.steps() == config.spec.steps, "the schedule has its steps");
    for (int t = 1; t <= schedule.steps(); ++t) {
      must(std::isfinite(schedule.alpha(t)) && std::isfinite(schedule.sigma(t)),
           "coefficients are finite");
      must(schedule.log_snr(t) <= schedule.log_snr(t - 1), "the SNR does not rise");
    }
  } catch (const Error&) {
  }
  return 0;
}
