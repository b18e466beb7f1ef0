// A file for each frame.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "files/outputs.h"
#include "pipeline/destination.h"
#include "pipeline/outputs/frame_sink.h"

namespace qsample {

class FileSink : public FrameSink {
 public:
  /// The file of a frame; its ending is that of the form.
  using PathOf = std::function<std::string(std::size_t index)>;

  /// `form` says all but the paths; `decoding` is how the inputs are read, which limits what is
  /// looked at when resuming. `outputs` outlives the sink.
  FileSink(Destination form, PathOf path_of, DecodeOptions decoding, Outputs& outputs);

  [[nodiscard]] std::string_view format() const override { return form_.format(); }
  [[nodiscard]] std::string path(std::size_t index) const override { return path_of_(index); }
  [[nodiscard]] int depth(int input_depth) const override { return form_.depth(input_depth); }
  [[nodiscard]] std::size_t memory(const Footprint& frame) const override;
  /// When resuming: see record_of_done.
  [[nodiscard]] std::optional<std::string> done(const FrameKey& key, const Hold& hold) override;
  bool put(const FrameKey& key, const Frame& frame, const RunOptions& run) override;
  void finish() override { outputs_.sync(); }

 protected:
  [[nodiscard]] const Destination& form() const { return form_; }
  [[nodiscard]] Outputs& outputs() const { return outputs_; }

 private:
  Destination form_;
  PathOf path_of_;
  DecodeOptions decoding_;
  Outputs& outputs_;
};

}  // namespace qsample
