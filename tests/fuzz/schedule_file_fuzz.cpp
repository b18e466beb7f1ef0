// A list of betas, or a table.

#include <algorithm>
#include <string>

#include "fuzz/fuzzer.h"
#include "peers/schedule_file.h"
#include "qsample/error.h"
#include "qsample/schedule.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace qsample;
  const std::string text(data, data + size);
  try {
    const auto file = parse_schedule_file(text, "file");
    must(!file.betas.empty() || !file.table.empty(), "a schedule is not empty");
    const auto schedule = make_schedule({.betas = file.betas, .table = file.table});
    const auto last = static_cast<std::size_t>(schedule.steps());
    must(last == std::max(file.betas.size(), file.table.size()), "each row is a step");
    must(file.betas.empty() || schedule.beta(schedule.steps()) == file.betas[last - 1],
         "a beta is what was given");
  } catch (const Error&) {
  }
  return 0;
}
