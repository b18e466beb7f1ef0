// Raw frames for a pipe: YUV4MPEG2.
#pragma once

#include <vector>

#include "files/output_file.h"
#include "pipeline/outputs/film/film_form.h"
#include "pipeline/outputs/film/film_writer.h"

namespace qsample {

/// Colours as 4:4:4 in limited range, by the matrix of BT.601, which programs take where nothing
/// says another, and a header can't; grey as it is.
class Y4mFilm final : public FilmWriter {
 public:
  /// `file` outlives it.
  Y4mFilm(OutputFile& file, FrameRate rate) : file_(file), rate_(rate) {}

  [[nodiscard]] std::size_t memory(const Footprint& frame) const override { return frame.samples; }
  void begin(const Image& frame, const std::string& record) override;
  void put(const Image& frame, std::size_t times) override;
  void finish() override {}

 private:
  OutputFile& file_;
  FrameRate rate_;
  std::vector<std::byte> bytes_;
};

}  // namespace qsample
