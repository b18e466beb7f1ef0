// The record in a file of ours, up to what `info` says of it and the command that it prints.

#include <algorithm>
#include <string>

#include "again.h"
#include "cli/commands/description.h"
#include "fuzz/fuzzer.h"
#include "image/image_io.h"
#include "pipeline/record/record.h"
#include "qsample/error.h"

namespace {

void try_record(const std::string& record) {
  using namespace qsample;
  try {
    const auto text = cli::description_of(record);
    must(std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return c == '\n' || (c >= 0x20 && c != 0x7F); }),
         "a description holds nothing that a terminal obeys");
    (void)cli::json_description_of(record);
    const auto wrong = wrong_with_again(record);
    must(wrong.empty(), wrong.c_str());
  } catch (const Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace qsample;
  try_record(std::string(data, data + size));
  try {
    const auto record = record_in(bytes_of(data, size), "in");
    if (record) try_record(*record);
  } catch (const Error&) {
  }
  return 0;
}
