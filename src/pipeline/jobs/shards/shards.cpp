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
#include "pipeline/jobs/shards/kept_shard.h"
#include "pipeline/jobs/shards/noise_sample.h"
#include "pipeline/jobs/shards/samples/file_samples.h"
#include "pipeline/jobs/shards/samples/tar_samples.h"
#include "pipeline/jobs/shards/shard_files.h"
#include "pipeline/jobs/shards/shard_results.h"
#include "pipeline/jobs/shards/shard_writer.h"
#include "pipeline/processes/image_frames.h"
#include "qsample/error.h"

namespace qsample {
namespace {

// How many units of a sample are held at once.
constexpr std::size_t kUnitsAtOnce = 8;

std::vector<std::string> shards_of(const ShardJob& job) {
  std::vector<std::string> paths;
  if (!job.from_shards) return paths;
  for (const BatchInput& input : job.images.inputs) paths.push_back(input.path);
  return paths;
}

std::unique_ptr<SampleSource> open_source(const ShardJob& job, std::vector<std::string> shards,
                                          MemoryBudget& budget, const Outputs& outputs) {
  if (!job.from_shards) return std::make_unique<FileSamples>(job.images);
  return std::make_unique<TarSamples>(std::move(shards), job, budget.limit(), outputs.on_wait());
}

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
    auto parts = open_parts(paths());
    if (job.options.resume) {
      while (const auto shard = keep(numbered_shard(job.output, number), parts)) {
        kept += shard->samples;
        ++number;
        if (!is_series || shard->samples == 0) break;
      }
      parts = open_parts(paths());
      parts.skip(kept);
    }
    ShardWriter writer(job.output, number, work_.job.limits, rules(), outputs_);
    if (!is_series) {
      if (number == 0) make(parts, writer, job.output);
    } else if (make(parts, writer, job.output)) {
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
        auto parts = open_parts({shard});
        if (keep(output, parts)) continue;
      }
      auto parts = open_parts({shard});
      ShardWriter writer(output, 0, {}, rules(), outputs_);
      make(parts, writer, output);
    }
  }

 private:
  [[nodiscard]] std::vector<std::string> paths() const { return shards_of(work_.job); }

  [[nodiscard]] SampleParts open_parts(std::vector<std::string> shards) const {
    return {open_source(work_.job, std::move(shards), work_.budget, outputs_), work_.units.each()};
  }

  [[nodiscard]] OutputRules rules() const {
    const OutputOptions& options = work_.job.images.options;
    return {.overwrite = options.overwrite || options.resume};
  }

  std::optional<KeptShard> keep(const std::string& path, SampleParts& parts) {
    auto kept = kept_shard(work_, path, parts, work_.job.limits, manifest_.is_wanted());
    if (!kept) return kept;
    tally_.add_kept(kept->samples);
    manifest_.add(path, kept->images);
    return kept;
  }

  // Samples of a source to a writer. What fails of a whole shard leaves nothing of it.
  // Returns whether all of them have come.
  bool make(SampleParts& parts, ShardWriter& writer, const std::string& output) {
    bool is_broken = false;
    try {
      check_replaceable(output);
      if (form_of(work_.job) != ShardForm::series) writer.open();
      pull_in_order(
          workers_and_one_that_waits(run_.workers),
          [&]() -> std::optional<Sample> {
            throw_if(run_.stop);
            return parts.next(kUnitsAtOnce);
          },
          [&](Sample sample) { return noise_sample(work_, std::move(sample)); },
          [&](std::vector<NoisedSample> units) {
            for (NoisedSample& noised : units) {
              if (noised.is_broken) is_broken = true;
              put(std::move(noised), writer, output);
            }
          });
      for (const auto& remark : parts.remarks()) {
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
    tally_.add(noised.outcome, noised.units);
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

// Throws for a pattern that gives no keys: what a sample's name is up to its first dot.
void check_keys(const NameTemplate& pattern, const std::string& text) {
  const auto refuse = [&](const std::string& what) {
    throw InvalidArgument(fmt::format("`name`: '{}' {}", text, what));
  };
  if (text.find('.', text.rfind('/') + 1) != std::string::npos) {
    refuse(
        "has a dot, and the key of a sample ends at the first of its name; `format` says what "
        "images become");
  }
  if (!pattern.has("stem") && !pattern.has("seed")) {
    refuse("names all samples alike; {stem} tells them apart");
  }
  if (pattern.has("place")) {
    refuse("may have a dot in its {place}, and the key of a sample ends at the first of its name");
  }
  const std::string example = pattern.expand({.stem = "x", .t = 1});
  if (member_name(example) != example) refuse("is no path of a member; leave out . and ..");
}

// Seeds of all images, read for their names alone.
std::vector<std::uint64_t> seeds_of(const ShardJob& job, MemoryBudget& budget,
                                    const Outputs& outputs, Stop stop) {
  std::vector<std::uint64_t> seeds;
  const auto source = open_source(job, shards_of(job), budget, outputs);
  while (const auto sample = source->next()) {
    throw_if(stop);
    for (const SampleMember& member : sample->members) {
      if (member.is_image) seeds.push_back(file_seed(member.name, job.images.seed));
    }
  }
  return seeds;
}

void check_job(const ShardJob& job) {
  const BatchJob& images = job.images;
  const bool pipe = images.output == "-";
  const auto refuse = [](const std::string& what) { throw InvalidArgument(what); };
  const auto is_stdin = [](const BatchInput& input) { return input.path == "-"; };
  for (const SavedBeside& saved : images.saved) {
    if (saved.folder.empty()) continue;
    const auto kind = saved.target->name;
    refuse(
        fmt::format("`save` {}={}: shards have no folders beside them; `save` {} makes it a "
                    "member of each sample",
                    kind, saved.folder, kind));
  }
  const bool from_pipe =
      job.from_shards && std::any_of(images.inputs.begin(), images.inputs.end(), is_stdin);
  if (images.timesteps.random.stratified && from_pipe) {
    refuse("`stratified` reads its input twice, which standard input does not let");
  }
  if (!images.options.resume) return;
  if (pipe) refuse("`resume` needs an output that stays; standard output does not");
  if (from_pipe) {
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
  check_places(process);
  if (!job.from_shards) FileSamples::check(images);
  const Destination form = resolve("image" + default_extension(images.options), images.options);
  ImageUnits units(images.timesteps, images.name, process, ImageUnits::Places::untold);
  if (!images.name.empty()) check_keys(units.pattern(), images.name);
  const TargetSet targets(
      {images.saved, images.sigma_data, images.options, images.reading.decoding, process,
       [&](std::size_t) { return form.path; },
       [](std::size_t, const SavedBeside& saved) { return "image" + saved.extension; }},
      bounding_timesteps(images.timesteps, process.schedule));
  check_shard_files(job, outputs.files());
  if (!images.manifest.empty()) check_manifest(images);
  if (form_of(job) == ShardForm::folder) outputs.make_folder(images.output);
  MemoryBudget budget(images.reading.max_memory);
  if (units.is_stratified()) units.spread_over(seeds_of(job, budget, outputs, run.stop));
  const ShardWork work{job,
                       process,
                       units,
                       targets,
                       form,
                       budget,
                       {.workers = 1, .stop = run.stop, .outputs = &outputs}};
  ShardManifest manifest(images, run.on_result, outputs);
  ShardTally tally(job.from_shards ? 0 : images.inputs.size() * units.each(), on_failure, run);
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
