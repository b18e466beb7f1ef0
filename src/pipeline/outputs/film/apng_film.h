// A film by our own encoder: every pixel as it is.
#pragma once

#include <optional>

#include "files/output_file.h"
#include "formats/png/png_animation.h"
#include "pipeline/outputs/film/film_form.h"
#include "pipeline/outputs/film/film_writer.h"

namespace qsample {

class ApngFilm final : public FilmWriter {
 public:
  /// `frames`: how many are shown. `file` outlives it.
  ApngFilm(OutputFile& file, std::size_t frames, FrameRate rate, const OutputOptions& options,
           const RunOptions& run);

  [[nodiscard]] std::size_t memory(const Footprint& /*frame*/) const override { return 0; }
  void begin(const Image& frame, const std::string& record) override;
  void put(const Image& frame, std::size_t times) override { animation_->put(frame, times); }
  void finish() override { animation_->finish(); }

 private:
  OutputFile& file_;
  std::size_t frames_;
  PngDelay delay_;
  EncodeOptions options_;
  std::optional<PngAnimation> animation_;
};

}  // namespace qsample
