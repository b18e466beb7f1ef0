#include "qsample/jobs/shards.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "base/parallel.h"
#include "files/identity/place.h"
#include "files/output_file.h"
#include "pipeline/destination.h"
#include "pipeline/jobs/batch/batch_files.h"
#include "pipeline/jobs/shards/file_samples.h"
#include "pipeline/jobs/shards/kept_shard.h"
#include "pipeline/jobs/shards/noise_sample.h"
#include "pipeline/jobs/shards/shard_files.h"
#include "pipeline/jobs/shards/shard_writer.h"
#include "pipeline/jobs/shards/tar_samples.h"
#include "qsample/error.h"

namespace qsample {
namespace {

// The manifest, with the lines of shards, and who else is told: a member's path is that of its
// shard and its name.
class ShardManifest {
 public:
  ShardManifest(const BatchJob& job, const OnResult& on_result, Outputs& outputs)
      : job_(job), on_result_(on_result) {
    if (job.manifest.empty()) return;
    const bool replace = job.options.overwrite || job.options.resume;
    manifest_.emplace(job.manifest, OutputRules{.overwrite = replace}, outputs);
  }

  [[nodiscard]] bool is_wanted() const { return manifest_ || on_result_; }

  void add(const std::string& shard, const std::vector<SampleImage>& images) {
    for (const SampleImage& image : images) {
      Outcome outcome = image.outcome;
      if (on_result_) tell(shard, image);
      if (!manifest_) continue;
      if (job_.wording) outcome.error = job_.wording(outcome.error);
      const std::filesystem::path folder =
          shard == "-" ? "" : path_from_manifest(job_.manifest, folder_of(shard));
      const auto inside = std::filesystem::path(shard).filename() / image.output;
      const std::string output = image.output.empty() ? shard : shard + "/" + image.output;
      manifest_->add(lines_++,
                     manifest_line(image.input, output,
                                   {{"file_name", (folder / inside).lexically_normal()}}, outcome));
    }
  }

  void commit() {
    if (manifest_) manifest_->commit();
  }

 private:
  void tell(const std::string& shard, const SampleImage& image) const {
    using enum Result::Status;
    const bool is_failed = image.outcome.status == Outcome::Status::failed;
    const bool is_kept = image.outcome.status == Outcome::Status::kept;
    on_result_({is_failed ? failed
                : is_kept ? kept
                          : written,
                image.input, image.output.empty() ? shard : shard + "/" + image.output,
                image.outcome.error, image.outcome.record});
  }

  const BatchJob& job_;
  const OnResult& on_result_;
  std::optional<Manifest> manifest_;
  std::size_t lines_ = 0;
};

// What becomes of samples, in their order.
class ShardTally {
 public:
  ShardTally(std::size_t total, const OnFailure& on_failure, const RunOptions& run)
      : on_failure_(on_failure), run_(run), headway_{"samples", 0, total} {
    tell();
  }

  void add(const Outcome& outcome) {
    switch (outcome.status) {
      case Outcome::Status::not_begun: result.interrupted = true; return;
      case Outcome::Status::written: ++result.written; break;
      case Outcome::Status::kept: ++result.kept; break;
      case Outcome::Status::failed:
        ++result.failed;
        on_failure_(outcome.error, false);
        break;
    }
    ++headway_.done;
    tell();
  }
  void add_kept(std::size_t samples) {
    result.kept += samples;
    headway_.done += samples;
    tell();
  }
  // Of samples that went into a shard that has not come to be.
  void take_back(std::size_t samples) {
    result.written -= samples;
    result.failed += samples;
    tell();
  }
  // Of a shard or a manifest as a whole.
  void fail(const std::string& message) {
    result.unsaved = true;
    on_failure_(message, false);
  }

  BatchResult result;

 private:
  void tell() {
    headway_.unmade = result.kept + result.failed;
    if (run_.progress) run_.progress(headway_);
  }

  const OnFailure& on_failure_;
  const RunOptions& run_;
  Headway headway_;
};

class ShardRun {
 public:
  ShardRun(const ShardWork& work, const RunOptions& run, Outputs& outputs, ShardManifest& manifest,
           ShardTally& tally)
      : work_(work), run_(run), outputs_(outputs), manifest_(manifest), tally_(tally) {}

  // All that the inputs hold, into a series or one archive.
  void make_series() {
    const BatchJob& job = work_.job.images;
    const bool is_series = form_of(work_.job) == ShardForm::series;
    std::size_t number = 0;
    std::size_t kept = 0;
    auto source = open_source(paths());
    if (job.options.resume) {
      while (const auto shard = keep(numbered_shard(job.output, number), *source)) {
        kept += shard->samples;
        ++number;
        if (!is_series || shard->samples == 0) break;
      }
      source = open_source(paths());
      for (std::size_t i = 0; i < kept; ++i) (void)source->next();
    }
    ShardWriter writer(job.output, number, work_.job.limits, rules(), outputs_);
    if (!is_series) {
      if (number == 0) make(*source, writer, job.output);
    } else if (make(*source, writer, job.output)) {
      for (const auto& left : shards_there(job.output, writer.number())) {
        tally_.fail(left + ": is left of another run, and none of this series; remove it");
      }
    }
  }

  // Each shard into one of its own.
  void make_mirrors() {
    for (const std::string& shard : paths()) {
      if (tally_.result.interrupted) return;
      const std::string output = mirrored_shard(work_.job, shard);
      if (work_.job.images.options.resume) {
        const auto source = open_source({shard});
        if (keep(output, *source)) continue;
      }
      const auto source = open_source({shard});
      ShardWriter writer(output, 0, {}, rules(), outputs_);
      make(*source, writer, output);
    }
  }

 private:
  [[nodiscard]] std::vector<std::string> paths() const {
    std::vector<std::string> paths;
    if (!work_.job.from_shards) return paths;
    for (const BatchInput& input : work_.job.images.inputs) paths.push_back(input.path);
    return paths;
  }

  [[nodiscard]] std::unique_ptr<SampleSource> open_source(std::vector<std::string> shards) const {
    if (!work_.job.from_shards) return std::make_unique<FileSamples>(work_.job.images);
    return std::make_unique<TarSamples>(std::move(shards), work_.job, work_.budget.limit(),
                                        outputs_.on_wait());
  }

  [[nodiscard]] OutputRules rules() const {
    const OutputOptions& options = work_.job.images.options;
    return {.overwrite = options.overwrite || options.resume};
  }

  std::optional<KeptShard> keep(const std::string& path, SampleSource& source) {
    auto kept = kept_shard(work_, path, source, work_.job.limits, manifest_.is_wanted());
    if (!kept) return kept;
    tally_.add_kept(kept->samples);
    manifest_.add(path, kept->images);
    return kept;
  }

  // Samples of a source to a writer. What fails of a whole shard leaves nothing of it.
  // Returns whether all of them have come.
  bool make(SampleSource& source, ShardWriter& writer, const std::string& output) {
    bool is_broken = false;
    try {
      check_replaceable(output);
      if (form_of(work_.job) != ShardForm::series) writer.open();
      pull_in_order(
          workers_and_one_that_waits(run_.workers),
          [&]() -> std::optional<Sample> {
            throw_if(run_.stop);
            return source.next();
          },
          [&](Sample sample) { return noise_sample(work_, std::move(sample)); },
          [&](NoisedSample noised) {
            if (noised.is_broken) is_broken = true;
            put(std::move(noised), writer, output);
          });
      for (const auto& remark : source.remarks()) {
        work_.job.images.reading.decoding.warn(remark);
      }
      if (is_broken && is_dropped_when_broken()) {
        drop("its input is not whole");
        return false;
      }
      writer.finish();
      settle();
      return true;
    } catch (const Interrupted&) {
      tally_.result.interrupted = true;
    } catch (const Error& e) {
      tally_.fail(e.what());
      drop(e.what());
    }
    return false;
  }

  [[nodiscard]] bool is_dropped_when_broken() const {
    return form_of(work_.job) != ShardForm::series &&
           !work_.job.images.reading.decoding.allow_damaged;
  }

  void put(NoisedSample noised, ShardWriter& writer, const std::string& output) {
    const bool is_written = noised.outcome.status == Outcome::Status::written;
    if (noised.outcome.status == Outcome::Status::not_begun) throw Interrupted();
    const std::size_t number = writer.number();
    std::string path = is_written ? writer.add(noised.members) : output;
    if (is_written) ++unsettled_samples_;
    tally_.add(noised.outcome);
    if (manifest_.is_wanted()) unsettled_.emplace_back(std::move(path), std::move(noised.images));
    if (writer.number() != number) settle();
  }

  // The shard has its name.
  void settle() {
    for (const auto& [path, images] : unsettled_) manifest_.add(path, images);
    unsettled_.clear();
    unsettled_samples_ = 0;
  }

  // There is none.
  void drop(const std::string& why) {
    for (auto& [path, images] : unsettled_) {
      const Outcome failed{Outcome::Status::failed, fmt::format("{}: is not made: {}", path, why)};
      for (SampleImage& image : images) {
        if (image.outcome.status != Outcome::Status::failed) image.outcome = failed;
      }
    }
    tally_.take_back(unsettled_samples_);
    settle();
  }

  void check_replaceable(const std::string& output) const {
    const OutputOptions& options = work_.job.images.options;
    if (options.overwrite || output == "-") return;
    if (form_of(work_.job) != ShardForm::series) {
      if (options.resume) check_is_shard_of_ours(output, outputs_.on_wait());
      return;
    }
    const auto there = shards_there(output, 0);
    for (const std::string& shard : there) {
      if (!options.resume) throw ExistsAlready(exists_already(shard));
      check_is_shard_of_ours(shard, outputs_.on_wait());
    }
  }

  const ShardWork& work_;
  const RunOptions& run_;
  Outputs& outputs_;
  ShardManifest& manifest_;
  ShardTally& tally_;
  // Of the shard that is begun.
  std::size_t unsettled_samples_ = 0;
  std::vector<std::pair<std::string, std::vector<SampleImage>>> unsettled_;
};

void check_job(const ShardJob& job) {
  const BatchJob& images = job.images;
  const bool pipe = images.output == "-";
  const auto refuse = [](const std::string& what) { throw InvalidArgument(what); };
  if (images.timesteps.ts.size() > 1 || images.timesteps.draws > 1) {
    refuse("shards hold one timestep and one draw of each image; make a data set of each");
  }
  if (images.timesteps.random.stratified) {
    refuse("`stratified` needs the whole set before the first image, which shards do not tell");
  }
  if (!images.name.empty()) refuse("`name` is of files; a member of a shard has that of its input");
  if (!images.saved.empty()) refuse("`save` is of files; shards hold x_t alone");
  if (!images.options.resume) return;
  const auto is_stdin = [](const BatchInput& input) { return input.path == "-"; };
  if (pipe) refuse("`resume` needs an output that stays; standard output does not");
  if (job.from_shards && std::any_of(images.inputs.begin(), images.inputs.end(), is_stdin)) {
    refuse("`resume` reads its input again, which standard input does not let");
  }
  if (!images.options.metadata) {
    refuse("`resume` knows shards by their records, which `no-metadata` leaves out");
  }
}

}  // namespace

BatchResult run_shards(const ShardJob& job, const ForwardProcess& process,
                       const OnFailure& on_failure, const RunOptions& run) {
  const BatchJob& images = job.images;
  Outputs own;
  Outputs& outputs = run.outputs == nullptr ? own : *run.outputs;
  check_job(job);
  if (!job.from_shards) FileSamples::check(images);
  const Destination form = resolve("image" + default_extension(images.options), images.options);
  const RandomChoice& choice = images.timesteps.random;
  const RandomTimesteps random(process.schedule, *choice.law, choice.values, choice.first,
                               choice.last);
  check_shard_files(job, outputs.files());
  if (!images.manifest.empty()) check_manifest(images);
  if (form_of(job) == ShardForm::folder) outputs.make_folder(images.output);
  MemoryBudget budget(images.reading.max_memory);
  const ShardWork work{job,  process, random,
                       form, budget,  {.workers = 1, .stop = run.stop, .outputs = &outputs}};
  ShardManifest manifest(images, run.on_result, outputs);
  ShardTally tally(job.from_shards ? 0 : images.inputs.size(), on_failure, run);
  ShardRun shards(work, run, outputs, manifest, tally);
  try {
    form_of(job) == ShardForm::folder ? shards.make_mirrors() : shards.make_series();
  } catch (const Interrupted&) {
    tally.result.interrupted = true;
  }
  const auto save = [&](const auto& action) {
    try {
      action();
    } catch (const Error& e) {
      tally.fail(e.what());
    }
  };
  save([&] { outputs.sync(); });
  if (manifest.is_wanted()) {
    save([&] {
      manifest.commit();
      outputs.sync();
    });
  }
  tally.result.outputs = tally.result.written + tally.result.kept + tally.result.failed;
  return tally.result;
}

}  // namespace qsample
