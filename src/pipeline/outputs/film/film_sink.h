// A trajectory's frames as one file.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "files/output_file.h"
#include "files/outputs.h"
#include "pipeline/outputs/film/film_form.h"
#include "pipeline/outputs/film/film_writer.h"
#include "pipeline/outputs/frame_sink.h"
#include "qsample/jobs/trajectory.h"

namespace qsample {

class FilmSink final : public FrameSink {
 public:
  /// `frames`: how many are shown. Throws InvalidArgument for a film that can't be, or that is an
  /// input; Error where it exists already and may not be replaced, or what it needs is not
  /// installed. `job`, `run` and `outputs` outlive it.
  FilmSink(const TrajectoryJob& job, const FilmForm& form, std::size_t frames,
           const RunOptions& run, Outputs& outputs);

  [[nodiscard]] bool wants_order() const override { return true; }
  [[nodiscard]] std::string_view format() const override { return form_.ending.substr(1); }
  [[nodiscard]] int depth(int input_depth) const override;
  [[nodiscard]] std::size_t memory(const Footprint& frame) const override {
    return writer_->memory(frame);
  }

  void begin(const std::function<std::string(int t)>& record_at) override;
  bool put(const FrameKey& key, const Frame& frame, const RunOptions& run) override;
  void finish() override;

 private:
  void begin_with(const Image& frame);

  const TrajectoryJob& job_;
  const FilmForm& form_;
  FilmOptions film_;
  Outputs& outputs_;
  std::string record_;
  bool has_begun_ = false;
  std::unique_ptr<OutputFile> file_;
  std::unique_ptr<FilmWriter> writer_;  // last: it uses the file
};

}  // namespace qsample
