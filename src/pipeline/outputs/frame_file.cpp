#include "pipeline/outputs/frame_file.h"

#include "files/file_comparison.h"
#include "image/image_io.h"
#include "pipeline/record/resume.h"

namespace qsample {
Findings findings_of(const Frame& frame) {
  Findings findings{.damage = frame.image.damage,
                    .reader = frame.image.reader,
                    .cropped_at = frame.image.annotations.cropped_at};
  if (frame.image.depth() < 32) {
    findings.clipped = static_cast<double>(frame.clipped) / static_cast<double>(frame.noised);
  }
  return findings;
}

namespace {

EncodeOptions encoding_of(const Frame& frame, const Destination& form, const std::string& record,
                          const std::vector<NamedImage>& others, const RunOptions& run) {
  const OutputOptions& options = form.options;
  EncodeOptions encoding{.extension = form.extension,
                         .layout = options.layout,
                         .dtype = options.dtype,
                         .compression = options.compression,
                         .name = options.tensor,
                         .texts = options.metadata,
                         .others = others,
                         .run = run};
  if (form.carries_record()) encoding.record = with_findings(record, findings_of(frame));
  return encoding;
}

void encode(const Frame& frame, const Destination& form, const EncodeOptions& encoding,
            const Sink& sink) {
  encode_image(frame.image, *form.codec, encoding, form.path, [&](Bytes piece) {
    throw_if(encoding.run.stop);
    sink(piece);
  });
  throw_if(encoding.run.stop);
}

}  // namespace

void encode_frame(const Frame& frame, const Destination& form, const std::string& record,
                  const std::vector<NamedImage>& others, const RunOptions& run, const Sink& sink) {
  encode(frame, form, encoding_of(frame, form, record, others, run), sink);
}

bool write_frame(const Frame& frame, const Destination& destination, FileKinds kinds,
                 const std::string& record, const std::vector<NamedImage>& others,
                 const RunOptions& run, Outputs& outputs) {
  const OutputOptions& options = destination.options;
  const EncodeOptions encoding = encoding_of(frame, destination, record, others, run);
  run.tell({"writing"});
  OutputRules rules{.overwrite = options.overwrite, .kinds = kinds};
  if (options.resume && is_regular_file(destination.path)) {
    // Where the record tells that it is another, the bytes need not be compared.
    const auto record_there = record_of_file(destination.path);
    if (record_there.value_or("") == encoding.record) {
      FileComparison there(destination.path);
      encode(frame, destination, encoding, [&](Bytes piece) { there.add(piece); });
      if (there.is_same()) return false;
    }
    rules.overwrite = rules.overwrite || record_there || is_empty_file(destination.path);
    if (!rules.overwrite) refuse_to_replace(destination);
  }
  OutputFile file(destination.path, rules, outputs);
  encode(frame, destination, encoding, [&](Bytes piece) { file.write(piece); });
  file.commit();
  return true;
}

}  // namespace qsample
