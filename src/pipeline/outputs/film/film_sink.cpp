#include "pipeline/outputs/film/film_sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "pipeline/destination.h"
#include "pipeline/input.h"
#include "pipeline/outputs/film/apng_film.h"
#include "pipeline/outputs/film/ffmpeg_film.h"
#include "pipeline/outputs/film/y4m_film.h"
#include "pipeline/outputs/frame_file.h"
#include "pipeline/record/film_record.h"
#include "qsample/error.h"

namespace qsample {
namespace {

std::unique_ptr<FilmWriter> make_writer(const TrajectoryJob& job, const FilmForm& form,
                                        const FilmOptions& film, std::size_t frames,
                                        const RunOptions& run, OutputFile& file) {
  const FrameRate rate = frame_rate(film.fps);
  switch (form.way) {
    case FilmWay::apng: return std::make_unique<ApngFilm>(file, frames, rate, job.options, run);
    case FilmWay::raw: return std::make_unique<Y4mFilm>(file, rate);
    case FilmWay::ffmpeg: break;
  }
  return std::make_unique<FfmpegFilm>(file, job.output, form, film, run.stop);
}

}  // namespace

FilmSink::FilmSink(const TrajectoryJob& job, const FilmForm& form, std::size_t frames,
                   const RunOptions& run, Outputs& outputs)
    : job_(job), form_(form), film_(job.film.value_or(FilmOptions{})), outputs_(outputs) {
  check_film(job.output, form, film_, job.options);
  std::vector<OtherInput> inputs = job.other_inputs;
  inputs.push_back({job.input, job.input});
  check_one_output(job.output, inputs, outputs.files());
  const FileKinds kinds = form.streams ? FileKinds::pipes_too : FileKinds::regular;
  check_place(job.output, job.options.overwrite, kinds);
  if (form.way == FilmWay::ffmpeg) check_ffmpeg(job.output);
  file_ = std::make_unique<OutputFile>(
      job.output, OutputRules{.overwrite = job.options.overwrite, .kinds = kinds}, outputs);
  writer_ = make_writer(job, form, film_, frames, run, *file_);
}

int FilmSink::depth(int input_depth) const {
  if (job_.options.depth != 0) return job_.options.depth;
  return form_.deep && input_depth == 16 ? 16 : 8;
}

void FilmSink::begin(const std::function<std::string(int t)>& record_at) {
  if (!job_.options.metadata) return;
  record_ = with_film(record_at(job_.ts.front()),
                      {.ts = job_.ts, .space = job_.space, .film = film_}, job_.options.range);
}

// What a film of this form can't be is known with the first frame.
void FilmSink::begin_with(const Image& frame) {
  const auto refuse = [&](const std::string& why) { throw Error(job_.output + ": " + why); };
  if (frame.channels != 1 && frame.channels != 3) {
    refuse(
        fmt::format("{} holds 1 or 3 channels, and this has {}; choose a folder, and `format` "
                    "npy",
                    form_.name, frame.channels));
  }
  if (frame.has_alpha() && !form_.deep) {
    refuse(fmt::format("{} holds no alpha channel; .apng does", form_.name));
  }
  if (form_.most_side != 0 && std::max(frame.width, frame.height) > form_.most_side) {
    refuse(
        fmt::format("frames of {}x{} are too large for {}, whose sides have {} pixels at the "
                    "most; `view-size` N makes them smaller",
                    frame.width, frame.height, form_.name, form_.most_side));
  }
  if (!record_.empty()) {
    record_ = with_findings(record_, {.damage = frame.damage,
                                      .reader = frame.reader,
                                      .cropped_at = frame.annotations.cropped_at});
  }
  writer_->begin(frame, record_);
  has_begun_ = true;
}

bool FilmSink::put(const FrameKey& key, const Frame& frame, const RunOptions& /*run*/) {
  if (!has_begun_) begin_with(frame.image);
  writer_->put(frame.image, key.times);
  return true;
}

void FilmSink::finish() {
  writer_->finish();
  file_->commit();
  outputs_.sync();
}

}  // namespace qsample
