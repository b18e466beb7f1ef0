// A film by the user's own ffmpeg.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "files/child/child_process.h"
#include "files/output_file.h"
#include "pipeline/outputs/film/ffmpeg_words.h"
#include "pipeline/outputs/film/film_writer.h"

namespace qsample {

/// Throws Error, with `output`, where there is no ffmpeg.
void check_ffmpeg(const std::string& output);

class FfmpegFilm final : public FilmWriter {
 public:
  /// `form` is one of those that ffmpeg writes. ffmpeg writes `file`, which the caller commits and
  /// which outlives it; `output` is what messages call it.
  FfmpegFilm(OutputFile& file, std::string output, const FilmForm& form, FilmOptions film,
             Stop stop);

  [[nodiscard]] std::size_t memory(const Footprint& frame) const override {
    return 3 * frame.samples;
  }
  void begin(const Image& frame, const std::string& record) override;
  void put(const Image& frame, std::size_t times) override;
  void finish() override;

 private:
  [[noreturn]] void fail(const std::string& words) const;

  OutputFile& file_;
  std::string output_;
  const FilmForm& form_;
  FilmOptions film_;
  Stop stop_;
  std::string comment_;  // that ffmpeg does not write itself
  std::optional<ChildProcess> ffmpeg_;
  std::vector<std::byte> bytes_;
};

}  // namespace qsample
