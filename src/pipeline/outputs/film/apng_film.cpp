#include "pipeline/outputs/film/apng_film.h"

namespace qsample {

ApngFilm::ApngFilm(OutputFile& file, std::size_t frames, FrameRate rate,
                   const OutputOptions& options, const RunOptions& run)
    : file_(file),
      frames_(frames),
      delay_{static_cast<std::uint16_t>(rate.seconds), static_cast<std::uint16_t>(rate.frames)},
      options_{.extension = ".png",
               .compression = options.compression,
               .texts = options.metadata,
               .run = {.workers = run.workers, .stop = run.stop}} {}

void ApngFilm::begin(const Image& /*frame*/, const std::string& record) {
  options_.record = record;
  animation_.emplace(frames_, delay_, options_, [this](Bytes piece) { file_.write(piece); });
}

}  // namespace qsample
