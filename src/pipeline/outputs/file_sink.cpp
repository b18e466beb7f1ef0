#include "pipeline/outputs/file_sink.h"

#include <utility>

#include "files/identity/place.h"
#include "pipeline/outputs/frame_file.h"
#include "pipeline/record/resume.h"

namespace qsample {

FileSink::FileSink(Destination form, PathOf path_of, DecodeOptions decoding, Outputs& outputs)
    : form_(std::move(form)),
      path_of_(std::move(path_of)),
      decoding_(std::move(decoding)),
      outputs_(outputs) {}

std::size_t FileSink::memory(const Footprint& frame) const {
  return static_cast<std::size_t>(form_.codec->encode_copies) * frame.bytes();
}

std::optional<std::string> FileSink::done(const FrameKey& key, const Hold& hold) {
  const Destination output = form_.at(path_of_(key.index));
  outputs_.clear_folder(folder_of(output.path));
  if (!output.options.resume) return std::nullopt;
  return record_of_done(output, key.record, decoding_, hold);
}

bool FileSink::put(const FrameKey& key, const Frame& frame, const RunOptions& run) {
  const Destination output = form_.at(path_of_(key.index));
  outputs_.make_folder(folder_of(output.path));
  return write_frame(frame, output, FileKinds::regular, key.record, key.others, run, outputs_);
}

}  // namespace qsample
