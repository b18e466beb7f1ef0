// The record in a file of ours, up to what `info` says of it.

#include <string>

#include "cli/description.h"
#include "fuzz/fuzzer.h"
#include "io/image_io.h"
#include "pipeline/recipe.h"
#include "qsample/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace qsample;
  const auto try_record = [](const std::string& record) {
    (void)without_findings(record);
    const auto text = cli::description_of(record);
    must(std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return c == '\n' || (c >= 0x20 && c != 0x7F); }),
         "a description holds nothing that a terminal obeys");
  };
  try {
    try_record(std::string(data, data + size));
  } catch (const Error&) {
  }
  try {
    const auto record = record_in(bytes_of(data, size), "in");
    if (record) try_record(*record);
  } catch (const Error&) {
  }
  return 0;
}
