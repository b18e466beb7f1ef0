#include "qsample/jobs/trajectory.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/in_order.h"
#include "base/parallel.h"
#include "pipeline/input.h"
#include "pipeline/jobs/put_trajectory.h"
#include "pipeline/jobs/saved/saved_files.h"
#include "pipeline/jobs/shots.h"
#include "pipeline/memory_budget.h"
#include "pipeline/outputs/film/film_sink.h"
#include "pipeline/outputs/frame_file.h"
#include "pipeline/outputs/frame_folder.h"
#include "pipeline/processes/image_frames.h"
#include "pipeline/record/record.h"
#include "pipeline/view.h"

namespace qsample {
namespace {

// Stretches of frames a worker: more of them share the work evenly, fewer repeat less of the tree.
constexpr std::size_t kStretchesPerWorker = 2;
// Frames that a worker holds for a sink that wants them in order.
constexpr std::size_t kHeldInOrder = 4;

// The frames of a trajectory that are to be made, and how.
class Frames {
 public:
  Frames(const TrajectoryJob& job, const ForwardProcess& process, FrameSink& sink,
         const RunOptions& run, SavedFiles* saved)
      : job_(job),
        process_(process),
        sink_(sink),
        saved_(saved),
        run_(run),
        shots_(shots_of(job.ts, job.film.value_or(FilmOptions{}))),
        headway_{"frames", 0, shots_.size()} {}

  void read(MemoryLease& lease) {
    InputOptions reading = job_.reading;
    reading.decoding.run = run_;
    reading.decoding.layout = job_.options.layout;
    reading.preparation.seed = job_.seed;
    input_ = read_input(job_.input, reading, lease, [&](const Footprint& image) {
      footprint_ = image;
      return memory(1);
    });
    check_samples(process_, input_.image, file_name(job_.input));
    workers_ = workers_and_one_that_waits(run_.workers);
    while (workers_ > 1 && footprint_.bytes() + memory(workers_) > lease.limit()) --workers_;
    lease.hold(footprint_.bytes() + memory(workers_));
    lease.hold_more(
        static_cast<std::size_t>(workers_) *
        view_memory(input_.image, sink_.depth(input_.image.file_depth()), job_.options.view));
  }

  void put_all() {
    sink_.begin([&](int t) { return record_at(t); });
    run_.tell(headway_);
    find_missing();
    if (sink_.wants_order()) {
      put_in_order();
    } else {
      put_in_any_order();
    }
    sink_.finish();
  }

 private:
  [[nodiscard]] std::size_t memory(int workers) const {
    Footprint frame = footprint_;
    frame.depth = sink_.depth(footprint_.depth);
    const std::size_t held = sink_.wants_order() ? kHeldInOrder : 1;
    const std::size_t beside = saved_ == nullptr ? 0 : saved_->memory(footprint_);
    return image_noise_memory(process_, footprint_, saved_ != nullptr) +
           static_cast<std::size_t>(workers) * (held * frame.bytes() + sink_.memory(frame) +
                                                visit_memory(process_, footprint_) + beside);
  }

  [[nodiscard]] Making making_at(int t) const {
    return {.process = process_, .seed = job_.seed, .t = t, .source = input_.source};
  }

  [[nodiscard]] std::string record_at(int t) const {
    Making making = making_at(t);
    if (saved_ != nullptr) saved_->add_inside(making);
    return record_of(making, job_.options, sink_.format());
  }

  [[nodiscard]] FrameKey key(std::size_t index) const {
    const Shot& shot = shots_[index];
    return {index, shot.t, record_at(shot.t), shot.times};
  }

  void count(bool kept) {
    const std::scoped_lock lock(headway_mutex_);
    ++headway_.done;
    headway_.unmade += kept ? 1 : 0;
    if (run_.progress) run_.progress(headway_);
  }

  // Those that are not there already.
  void find_missing() {
    std::vector<char> kept(shots_.size());
    if (job_.options.resume) {
      parallel_for(kept.size(), run_.workers, [&](std::size_t i) {
        throw_if(run_.stop);
        auto record = sink_.done(key(i), {});
        if (saved_ != nullptr && saved_->has_files()) record.reset();
        kept[i] = record ? 1 : 0;
        if (record) count(true);
        if (record) tell(i, Result::Status::kept, *record);
      });
    }
    for (std::size_t i = 0; i < kept.size(); ++i) {
      if (kept[i] == 0) missing_.push_back(i);
    }
  }

  // The timesteps of the missing frames begin..end-1.
  [[nodiscard]] std::vector<int> ts_of(std::size_t begin, std::size_t end) const {
    std::vector<int> ts;
    for (std::size_t i = begin; i < end; ++i) ts.push_back(shots_[missing_[i]].t);
    return ts;
  }

  // Makes the frames at `ts`, which ascend, one after the other, each in the Frame that `next`
  // gives.
  template <class Next, class Made>
  void make(const ImageNoise& noise, const std::vector<int>& ts, const Next& next,
            const Made& made) const {
    std::size_t at = 0;
    visit_image(
        noise, input_.image, ts, 1,
        [&](int t, const Image& seen, Mix mix, std::span<const float> eps) {
          throw_if(run_.stop);
          Frame& frame = next();
          if (frame.image.depth() >= 32 && takes_doubles(seen, noise.path())) {
            set_doubles(frame.image, seen, mix, noise.path(), 0, seen.samples());
          } else {
            const Range range = job_.options.range.at(process_.schedule, t);
            frame.clipped = set_samples(frame.image, seen, mix, eps, 0, range);
          }
          made(at++, frame);
        },
        [&] { throw_if(run_.stop); });
  }

  [[nodiscard]] Frame blank() const {
    return {frame_for(input_.image, sink_.depth(input_.image.file_depth()))};
  }

  // What is saved apart comes first, so that where the frame is, all is.
  bool put_with_saved(FrameKey key, const Frame& frame, const ImageNoise& noise,
                      std::vector<Result>& results) {
    const auto targets = saved_->frames(input_.image, noise, key.t);
    results = saved_->put(key.index, targets, making_at(key.t), {.stop = run_.stop});
    key.others = saved_->inside(targets);
    return sink_.put(key, frame, {.stop = run_.stop});
  }

  void put(std::size_t index, const Frame& frame, const ImageNoise& noise) {
    const View& view = job_.options.view;
    std::vector<Result> results;
    const bool written = saved_ != nullptr ? put_with_saved(key(index), frame, noise, results)
                         : view ? sink_.put(key(index), viewed(frame, view), {.stop = run_.stop})
                                : sink_.put(key(index), frame, {.stop = run_.stop});
    count(!written);
    tell(index, written ? Result::Status::written : Result::Status::kept,
         run_.on_result ? with_findings(record_at(shots_[index].t), findings_of(frame)) : "",
         std::move(results));
  }

  // Of sinks that make a file of each frame.
  void tell(std::size_t index, Result::Status status, std::string record,
            std::vector<Result> results = {}) {
    if (!run_.on_result) return;
    const std::string path = sink_.path(index);
    if (path.empty()) return;
    for (Result& result : results) result.input = job_.input;
    results.push_back({status, job_.input, path, {}, std::move(record)});
    const std::scoped_lock lock(headway_mutex_);
    results_.add(index, std::move(results), [&](const std::vector<Result>& of_frame) {
      for (const Result& result : of_frame) run_.on_result(result);
    });
  }

  void put_in_any_order() {
    const ImageNoise noise(process_, job_.seed, input_.image, 0, saved_ != nullptr);
    const std::size_t stretches =
        std::min(missing_.size(), static_cast<std::size_t>(workers_) * kStretchesPerWorker);
    parallel_for(stretches, workers_, [&](std::size_t stretch) {
      const std::size_t begin = missing_.size() * stretch / stretches;
      Frame frame = blank();
      make(
          noise, ts_of(begin, missing_.size() * (stretch + 1) / stretches),
          [&]() -> Frame& { return frame; },
          [&](std::size_t i, const Frame& made) { put(missing_[begin + i], made, noise); });
    });
  }

  // Frames of a piece by their timesteps, each of which it has once.
  struct Piece {
    std::vector<int> ts;
    std::vector<Frame> frames;

    [[nodiscard]] const Frame& at(int t) const {
      const auto found = std::lower_bound(ts.begin(), ts.end(), t);
      return frames[static_cast<std::size_t>(found - ts.begin())];
    }
  };

  // A film may go back: a piece is made in the order of the path, and put in its own.
  void put_in_order() {
    const ImageNoise noise(process_, job_.seed, input_.image, 0, saved_ != nullptr);
    const std::size_t pieces = (missing_.size() + kHeldInOrder - 1) / kHeldInOrder;
    const auto end_of = [&](std::size_t piece) {
      return std::min(missing_.size(), (piece + 1) * kHeldInOrder);
    };
    parallel_in_order(
        pieces, workers_,
        [&](std::size_t number) {
          Piece piece{ts_of(number * kHeldInOrder, end_of(number)), {}};
          std::sort(piece.ts.begin(), piece.ts.end());
          piece.ts.erase(std::unique(piece.ts.begin(), piece.ts.end()), piece.ts.end());
          piece.frames.reserve(piece.ts.size());
          make(
              noise, piece.ts, [&]() -> Frame& { return piece.frames.emplace_back(blank()); },
              [](std::size_t /*i*/, const Frame& /*made*/) {});
          return piece;
        },
        [&](std::size_t number, const Piece& piece) {
          for (std::size_t i = number * kHeldInOrder; i < end_of(number); ++i) {
            put(missing_[i], piece.at(shots_[missing_[i]].t), noise);
          }
        });
  }

  const TrajectoryJob& job_;
  const ForwardProcess& process_;
  FrameSink& sink_;
  SavedFiles* saved_;  // or null
  const RunOptions& run_;
  std::vector<Shot> shots_;
  Headway headway_;
  std::mutex headway_mutex_;
  InOrder<std::vector<Result>> results_;  // of each frame
  Input input_;
  Footprint footprint_;
  int workers_ = 1;
  std::vector<std::size_t> missing_;  // indices of frames
};

}  // namespace

void put_trajectory(const TrajectoryJob& job, const ForwardProcess& process, FrameSink& sink,
                    const RunOptions& run, SavedFiles* saved) {
  MemoryBudget budget(job.reading.max_memory);
  MemoryLease lease(&budget);
  Frames frames(job, process, sink, run, saved);
  frames.read(lease);
  frames.put_all();
}

namespace {

void write_film(const TrajectoryJob& job, const FilmForm& form, const ForwardProcess& process,
                const RunOptions& run) {
  if (!job.saved.empty()) {
    throw InvalidArgument(job.output + ": is a film; `save` is of a folder of frames");
  }
  const auto shots = shots_of(job.ts, job.film.value_or(FilmOptions{}));
  FilmSink film(job, form, shown_frames(shots), run, *run.outputs);
  if (!run.dry_run) put_trajectory(job, process, film, run);
  const auto status = run.dry_run ? Result::Status::planned : Result::Status::written;
  if (run.on_result) run.on_result({status, job.input, job.output});
}

void write_folder(const TrajectoryJob& job, const ForwardProcess& process, const RunOptions& run) {
  const FrameNames names{job.input, job.ts, process.schedule.steps(), job.offset};
  const std::string extension = default_extension(job.options);
  SavedFiles saved({job.saved, job.sigma_data, job.options, job.reading.decoding, process,
                    [&](std::size_t i) { return frame_path(job.output, names, i, extension); },
                    [&](std::size_t i, const SavedBeside& beside) {
                      return frame_path(beside.folder, names, i, beside.extension);
                    }},
                   job.ts, *run.outputs);
  std::vector<std::string> beside;
  for (std::size_t i = 0; i < job.ts.size(); ++i) {
    for (std::string& path : saved.paths(i)) beside.push_back(std::move(path));
  }
  FrameFolder folder(job.output, names, job.options, job.reading.decoding, job.other_inputs, beside,
                     job.on_other_frames, run.workers, *run.outputs);
  if (!run.dry_run) {
    return put_trajectory(job, process, folder, run, saved.any() ? &saved : nullptr);
  }
  for (std::size_t i = 0; run.on_result && i < job.ts.size(); ++i) {
    for (const std::string& path : saved.paths(i)) {
      run.on_result({.input = job.input, .output = path});
    }
    run.on_result({.input = job.input, .output = folder.path(i)});
  }
}

}  // namespace

void write_trajectory(const TrajectoryJob& job, const ForwardProcess& process,
                      const RunOptions& run) {
  Outputs own;
  RunOptions with_outputs = run;
  if (with_outputs.outputs == nullptr) with_outputs.outputs = &own;
  if (const FilmForm* form = film_form(job.output, job.options)) {
    return write_film(job, *form, process, with_outputs);
  }
  if (job.film) {
    throw InvalidArgument(job.output + ": is a folder of frames, and has no options of a film");
  }
  write_folder(job, process, with_outputs);
}

}  // namespace qsample
