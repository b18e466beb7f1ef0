// A list of betas.

#include <string>

#include "fuzz/fuzzer.h"
#include "io/betas.h"
#include "qsample/error.h"
#include "qsample/schedule.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace qsample;
  const std::string text(data, data + size);
  try {
    const auto betas = parse_betas(text, "betas.txt");
    must(!betas.empty(), "a list is not empty");
    const auto schedule = NoiseSchedule::from_betas(betas);
    const auto last = static_cast<std::size_t>(schedule.steps());
    must(last == betas.size(), "each beta is a step");
    must(schedule.beta(schedule.steps()) == betas[last - 1], "a beta is what was given");
  } catch (const Error&) {
  }
  return 0;
}
