// Timesteps as they are given on the command line: a list, and a place on the schedule.

#include <algorithm>
#include <string>

#include "cli/options/timesteps/timestep_options.h"
#include "cli/options/timesteps/timesteps.h"
#include "fuzz/fuzzer.h"
#include "qsample/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace qsample;
  constexpr int kLast = 1000;
  static const auto schedule = make_schedule({.steps = kLast});
  const std::string text(data, data + size);
  for (const int offset : {0, 1}) {
    try {
      const auto ts = cli::parse_timesteps(text, kLast, offset);
      must(!ts.empty() && ts.front() >= offset && ts.back() <= kLast, "timesteps are in range");
      must(std::adjacent_find(ts.begin(), ts.end(), std::greater_equal<>()) == ts.end(),
           "timesteps ascend");
    } catch (const Error&) {
    }
  }
  try {
    for (const int first : {0, 1}) {
      const int t = cli::find_timestep(schedule, text, first).t;
      must(t >= first && t <= kLast, "a place is on the schedule");
    }
  } catch (const Error&) {
  }
  return 0;
}
