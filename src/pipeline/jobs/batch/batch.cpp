#include "qsample/jobs/batch.h"

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <new>
#include <optional>
#include <utility>

#include "base/in_order.h"
#include "base/parallel.h"
#include "files/output_file.h"
#include "pipeline/input.h"
#include "pipeline/jobs/batch/batch_files.h"
#include "pipeline/jobs/batch/units.h"
#include "pipeline/jobs/saved/saved_files.h"
#include "pipeline/memory_budget.h"
#include "pipeline/outputs/file_sink.h"
#include "pipeline/outputs/frame_file.h"
#include "pipeline/outputs/manifest.h"
#include "pipeline/processes/image_frames.h"
#include "pipeline/view.h"

namespace qsample {
namespace {

// What is the same for all images of a batch.
struct Batch {
  const BatchJob& job;
  const ForwardProcess& process;
  const Units& units;
  FrameSink& sink;
  SavedFiles& saved;
  const InTheWay& in_the_way;
  MemoryBudget& budget;
  RunOptions run;  // of one image
};

// One image: what becomes of its outputs.
class ImageWork {
 public:
  ImageWork(const Batch& batch, std::size_t number, MemoryLease& lease)
      : batch_(batch),
        job_(batch.job),
        input_(batch.job.inputs[number]),
        first_(number * batch.units.each()),
        lease_(lease),
        seed_(batch.units.seed(number)),
        outcomes_(batch.units.each()) {
    reading_ = job_.reading;
    reading_.decoding.run = batch.run;
    reading_.decoding.layout = job_.options.layout;
    reading_.preparation.seed = seed_;
  }

  std::vector<Outcome> run() {
    if (input_.path == "-") {
      throw Error("standard input: is no file; qsample noise takes it, and ./- is a file's name");
    }
    auto bytes = read_image_file(input_.path, FileKinds::regular, reading_, lease_);
    source_ = source_of(bytes, input_.relative, reading_);
    find_missing(bytes.size());
    if (missing_.empty()) return std::move(outcomes_);
    const ForwardProcess& process = batch_.process;
    Image clean =
        decode_input(std::move(bytes), input_.path, reading_, lease_, [&](const Footprint& image) {
          Footprint frame = image;
          frame.depth = batch_.sink.depth(image.depth);
          const bool apart = frame.depth != image.depth || missing_.size() > 1;
          return image_noise_memory(process, image, batch_.saved.any()) +
                 (apart ? frame.bytes() : 0) + batch_.sink.memory(frame) +
                 batch_.saved.memory(image);
        });
    check_samples(process, clean, input_.path);
    depth_ = batch_.sink.depth(clean.file_depth());
    lease_.hold_more(view_memory(clean, depth_, job_.options.view));
    for (std::size_t i = 0; i < missing_.size(); ++i) {
      const bool is_last = i + 1 == missing_.size();
      const std::size_t at = missing_[i];
      guarded(at, [&] { outcomes_[at] = make(at, is_last ? std::move(clean) : clean); });
    }
    return std::move(outcomes_);
  }

 private:
  [[nodiscard]] FrameKey key(std::size_t at) const {
    const ImageUnit unit = batch_.units.at(first_ + at);
    Making making{batch_.process, seed_, unit.draw, unit.t, source_};
    batch_.saved.add_inside(making);
    return {first_ + at, unit.t, record_of(making, job_.options, batch_.sink.format())};
  }

  // What goes wrong with one output does not stop the others of its image.
  template <class Action>
  void guarded(std::size_t at, const Action& action) {
    try {
      action();
    } catch (const Interrupted&) {
      throw;
    } catch (const ExistsAlready& e) {
      outcomes_[at] = {.status = Outcome::Status::failed, .error = e.what(), .in_the_way = true};
    } catch (const Error& e) {
      outcomes_[at] = {Outcome::Status::failed, e.what()};
    }
  }

  // The outputs that are to be made.
  void find_missing(std::size_t file_size) {
    missing_.clear();
    for (std::size_t at = 0; at < outcomes_.size(); ++at) {
      throw_if(batch_.run.stop);
      if (batch_.in_the_way.is_known(first_ + at)) {
        outcomes_[at] = {.status = Outcome::Status::failed,
                         .error = batch_.in_the_way.message(first_ + at),
                         .in_the_way = true};
        continue;
      }
      guarded(at, [&] {
        auto done =
            batch_.sink.done(key(at), [&](std::size_t more) { lease_.hold(file_size + more); });
        if (done && !batch_.saved.has_files()) {
          outcomes_[at] = {Outcome::Status::kept, {}, std::move(*done)};
        } else {
          missing_.push_back(at);
        }
      });
    }
  }

  Outcome make(std::size_t at, Image clean) {
    FrameKey frame_key = key(at);
    const ImageUnit unit = batch_.units.at(first_ + at);
    const ImageNoise noise(batch_.process, seed_, clean, unit.draw, batch_.saved.any());
    const auto frames = batch_.saved.frames(clean, noise, unit.t);
    const Range range = job_.options.range.at(batch_.process.schedule, unit.t);
    const Frame frame = viewed(frame_at(noise, std::move(clean), unit.t, depth_, range, batch_.run),
                               job_.options.view);
    // What is saved apart comes first, so that where x_t is, all is.
    (void)batch_.saved.put(first_ + at, frames, {batch_.process, seed_, unit.draw, unit.t, source_},
                           batch_.run);
    frame_key.others = batch_.saved.inside(frames);
    const bool written = batch_.sink.put(frame_key, frame, batch_.run);
    return {written ? Outcome::Status::written : Outcome::Status::kept,
            {},
            with_findings(frame_key.record, findings_of(frame))};
  }

  const Batch& batch_;
  const BatchJob& job_;
  const BatchInput& input_;
  std::size_t first_;  // number of its first output
  MemoryLease& lease_;
  std::uint64_t seed_;
  InputOptions reading_;
  Source source_;
  int depth_ = 0;
  std::vector<Outcome> outcomes_;
  std::vector<std::size_t> missing_;
};

// What becomes of the outputs of an image, where whatever goes wrong is an outcome.
std::vector<Outcome> outcomes_of(const Batch& batch, std::size_t number) {
  const std::string& path = batch.job.inputs[number].path;
  const auto all = [&](const Outcome& outcome) {
    return std::vector<Outcome>(batch.units.each(), outcome);
  };
  try {
    throw_if(batch.run.stop);
    MemoryLease lease(&batch.budget);
    return with_memory(lease, batch.run.stop,
                       [&] { return ImageWork(batch, number, lease).run(); });
  } catch (const Interrupted&) {
    return all({});
  } catch (const Error& e) {
    return all({Outcome::Status::failed, e.what()});
  } catch (const std::bad_alloc&) {
    return all({Outcome::Status::failed, path + ": not enough memory"});
  } catch (const std::exception& e) {
    return all({Outcome::Status::failed, path + ": " + e.what()});
  }
}

// The manifest, with the lines of a batch.
class BatchManifest {
 public:
  BatchManifest(const BatchJob& job, const Units& units, Outputs& outputs)
      : job_(job), units_(units) {
    if (job.manifest.empty()) return;
    // The first run of a batch that is resumed may have left a manifest that this one completes.
    const bool replace = job.options.overwrite || job.options.resume;
    manifest_.emplace(job.manifest, OutputRules{.overwrite = replace}, outputs);
    to_output_ = path_from_manifest(job.manifest, job.output);
    for (const SavedBeside& saved : job.saved) {
      to_saved_.emplace_back(saved.folder.empty() ? ""
                                                  : path_from_manifest(job.manifest, saved.folder));
    }
  }

  [[nodiscard]] bool is_wanted() const { return manifest_.has_value(); }

  void add(std::size_t unit, Outcome outcome) {
    if (!manifest_) return;
    if (job_.wording) outcome.error = job_.wording(outcome.error);
    const auto from_here = [](const std::filesystem::path& folder, const std::string& name) {
      return (folder / name).lexically_normal().string();
    };
    std::vector<FileName> names = {{"file_name", from_here(to_output_, units_.name(unit))}};
    for (std::size_t i = 0; i < to_saved_.size(); ++i) {
      const SavedBeside& saved = job_.saved[i];
      if (saved.folder.empty()) continue;
      names.emplace_back(file_name_key(saved.target->name),
                         from_here(to_saved_[i], units_.saved_name(unit, saved)));
    }
    manifest_->add(unit, manifest_line(units_.input(unit).path, units_.path(unit), names, outcome));
  }

  void commit() { manifest_->commit(); }

 private:
  const BatchJob& job_;
  const Units& units_;
  std::optional<Manifest> manifest_;
  std::filesystem::path to_output_;
  std::vector<std::filesystem::path> to_saved_;
};

// Counts and tells what becomes of outputs.
class Tally {
 public:
  Tally(const Units& units, BatchManifest& manifest, InTheWay& in_the_way,
        const OnFailure& on_failure, const RunOptions& run)
      : units_(units),
        manifest_(manifest),
        in_the_way_(in_the_way),
        on_failure_(on_failure),
        run_(run),
        headway_{"images", 0, units.size()} {
    result_.outputs = units.size();
    if (run_.progress) run_.progress(headway_);
  }

  // Of one image.
  void add(std::size_t number, const std::vector<Outcome>& outcomes) {
    const std::scoped_lock lock(mutex_);
    std::string told;  // an error of all is one
    for (std::size_t at = 0; at < outcomes.size(); ++at) {
      add_one(number * units_.each() + at, outcomes[at], told);
    }
  }

  BatchResult end(FrameSink& sink, Outputs& outputs) {
    result_.untold = in_the_way_.untold();
    save([&] { sink.finish(); });
    if (manifest_.is_wanted()) {
      save([&] {
        manifest_.commit();
        outputs.sync();  // the outputs that it tells of are safe before it is
      });
    }
    return result_;
  }

 private:
  void tell(std::size_t unit, const Outcome& outcome) {
    if (!run_.on_result) return;
    using enum Result::Status;
    const bool is_kept = outcome.status == Outcome::Status::kept;
    const bool is_failed = outcome.status == Outcome::Status::failed;
    results_.add(unit,
                 {is_failed ? failed
                  : is_kept ? kept
                            : written,
                  units_.input(unit).path, units_.path(unit), outcome.error, outcome.record},
                 run_.on_result);
  }

  void add_one(std::size_t unit, const Outcome& outcome, std::string& told) {
    manifest_.add(unit, outcome);
    if (outcome.status != Outcome::Status::not_begun) tell(unit, outcome);
    switch (outcome.status) {
      case Outcome::Status::not_begun: result_.interrupted = true; return;
      case Outcome::Status::written: ++result_.written; break;
      case Outcome::Status::kept: ++result_.kept; break;
      case Outcome::Status::failed:
        ++result_.failed;
        if (outcome.in_the_way) {
          in_the_way_.add(unit, outcome.error);
        } else if (outcome.error != told) {
          on_failure_(outcome.error, false);
          told = outcome.error;
        }
        break;
    }
    ++headway_.done;
    headway_.unmade = result_.kept + result_.failed;
    if (run_.progress) run_.progress(headway_);
  }

  template <class Action>
  void save(const Action& action) {
    try {
      action();
    } catch (const Error& e) {
      result_.unsaved = true;
      on_failure_(e.what(), false);
    }
  }

  const Units& units_;
  BatchManifest& manifest_;
  InTheWay& in_the_way_;
  const OnFailure& on_failure_;
  const RunOptions& run_;
  Headway headway_;
  BatchResult result_;
  InOrder<Result> results_;
  std::mutex mutex_;
};

// Tells what would be written, and of outputs that are in the way.
BatchResult planned(const BatchJob& job, const Units& units, const SavedFiles& saved,
                    const OnFailure& on_failure, const OnResult& on_result) {
  const InTheWay in_the_way(job, units, on_failure);
  BatchResult result{.outputs = units.size()};
  for (std::size_t unit = 0; unit < units.size(); ++unit) {
    if (in_the_way.is_known(unit)) {
      ++result.failed;
      continue;
    }
    if (!on_result) continue;
    for (const std::string& path : saved.paths(unit)) {
      on_result({.input = units.input(unit).path, .output = path});
    }
    on_result({.input = units.input(unit).path, .output = units.path(unit)});
  }
  if (on_result && !job.manifest.empty()) on_result({.output = job.manifest});
  return result;
}

}  // namespace

BatchResult run_batch(const BatchJob& job, const ForwardProcess& process,
                      const OnFailure& on_failure, const RunOptions& run) {
  Outputs own;
  Outputs& outputs = run.outputs == nullptr ? own : *run.outputs;
  check_places(process);
  const Units units(job, process);
  FileSink sink(
      resolve(units.path(0), job.options), [&](std::size_t unit) { return units.path(unit); },
      job.reading.decoding, outputs);
  SavedFiles saved(
      {job.saved, job.sigma_data, job.options, job.reading.decoding, process,
       [&](std::size_t unit) { return units.path(unit); },
       [&](std::size_t unit, const SavedBeside& beside) { return units.saved_path(unit, beside); }},
      bounding_timesteps(job.timesteps, process.schedule), outputs);
  check_files(job, units, outputs.files());
  if (!job.manifest.empty()) check_manifest(job);
  if (run.dry_run) return planned(job, units, saved, on_failure, run.on_result);
  outputs.make_folder(job.output);
  BatchManifest manifest(job, units, outputs);
  InTheWay in_the_way(job, units, on_failure);
  Tally tally(units, manifest, in_the_way, on_failure, run);
  const int images = static_cast<int>(std::min<std::size_t>(job.inputs.size(), 1 << 20));
  MemoryBudget budget(job.reading.max_memory);
  const Batch batch{job,
                    process,
                    units,
                    sink,
                    saved,
                    in_the_way,
                    budget,
                    {.workers = std::max(1, run.workers / std::max(1, images)),
                     .stop = run.stop,
                     .outputs = &outputs}};
  parallel_in_turns(job.inputs.size(), workers_and_one_that_waits(run.workers),
                    [&](std::size_t i) { tally.add(i, outcomes_of(batch, i)); });
  return tally.end(sink, outputs);
}

}  // namespace qsample
