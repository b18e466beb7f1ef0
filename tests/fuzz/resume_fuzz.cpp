// A file of any bytes in the place of an output that is resumed: kept only if it is whole and says
// that it was made as asked.

#include <string>

#include "fuzz/fuzzer.h"
#include "image/image_io.h"
#include "pipeline/record/record.h"
#include "pipeline/record/resume.h"
#include "qsample/error.h"
#include "temporary_folder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace qsample;
  static const TemporaryFolder folder;
  // That of the first seed.
  static const ForwardProcess process{ScheduleSpec{}};
  static const Source source{
      .name = "palette.png", .folder = "", .hash = 0xe1703d5881e61efe, .range = {}, .frame = 0};
  const auto bytes = bytes_of(data, size);
  for (const char* name : {"a.png", "a.safetensors"}) {
    const std::string path = folder / name;
    write_text(path, std::string(data, data + size));
    const auto record = record_of({.process = process, .t = 5, .source = source}, {}, "");
    try {
      const auto done = record_of_done(resolve(path, {.resume = true}), record, {});
      if (!done) continue;
      must(same_making(*done, record), "what is kept was made as asked");
      must(done == record_in(bytes, path), "its record is its own");
      (void)decode_image(bytes, path);
    } catch (const Error&) {
    }
  }
  return 0;
}
