#include "qsample/jobs/batch.h"

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <new>
#include <optional>
#include <utility>

#include "base/parallel.h"
#include "files/output_file.h"
#include "pipeline/input.h"
#include "pipeline/jobs/batch/batch_files.h"
#include "pipeline/memory_budget.h"
#include "pipeline/outputs/file_sink.h"
#include "pipeline/outputs/frame_file.h"
#include "pipeline/outputs/manifest.h"
#include "pipeline/view.h"
#include "qsample/noise.h"

namespace qsample {
namespace {

// What is the same for all images of a batch.
struct Batch {
  const BatchJob& job;
  const ForwardProcess& process;
  FrameSink& sink;
  MemoryBudget& budget;
  RunOptions run;  // of one image
};

Outcome noise_one(const Batch& batch, std::size_t number, MemoryLease& lease) {
  const BatchJob& job = batch.job;
  const ForwardProcess& process = batch.process;
  const BatchInput& input = job.inputs[number];
  if (input.path == "-") {
    throw Error("standard input: is no file; qsample noise takes it, and ./- is a file's name");
  }
  InputOptions reading = job.reading;
  reading.decoding.run = batch.run;
  auto bytes = read_image_file(input.path, FileKinds::regular, reading, lease);
  const std::uint64_t seed = file_seed(input.relative, job.seed);
  const auto last = static_cast<std::uint32_t>(process.schedule.steps());
  const int t = job.t ? *job.t : static_cast<int>(uniform_from_seed(seed, last));
  const Source source = source_of(bytes, input.relative, reading);
  const FrameKey key{number, t,
                     record_of(process, seed, t, source, job.options, batch.sink.format())};
  auto done = batch.sink.done(key, [&](std::size_t more) { lease.hold(bytes.size() + more); });
  if (done) return {Outcome::Status::kept, {}, std::move(*done)};
  Image clean =
      decode_input(std::move(bytes), input.path, reading, lease, [&](const Footprint& image) {
        Footprint frame = image;
        frame.depth = batch.sink.depth(image.depth);
        return noise_memory(process, image) + (frame.depth == image.depth ? 0 : frame.bytes()) +
               batch.sink.memory(frame);
      });
  const auto noise = process.noise(seed, clean);
  const NoisePath path(process.schedule, *noise, process.path);
  const int depth = batch.sink.depth(clean.file_depth());
  lease.hold_more(view_memory(clean, depth, job.options.view));
  const Range range = job.options.range.at(process.schedule, t);
  const Frame frame =
      viewed(noise_image(std::move(clean), path, t, depth, range, batch.run), job.options.view);
  const bool written = batch.sink.put(key, frame, batch.run);
  return {written ? Outcome::Status::written : Outcome::Status::kept,
          {},
          with_findings(key.record, findings_of(frame))};
}

// noise_one, where whatever goes wrong is an outcome.
Outcome outcome_of(const Batch& batch, std::size_t number) {
  const std::string& path = batch.job.inputs[number].path;
  try {
    throw_if(batch.run.stop);
    MemoryLease lease(&batch.budget);
    return with_memory(lease, batch.run.stop, [&] { return noise_one(batch, number, lease); });
  } catch (const Interrupted&) {
    return {};
  } catch (const ExistsAlready& e) {
    return {.status = Outcome::Status::failed, .error = e.what(), .in_the_way = true};
  } catch (const Error& e) {
    return {Outcome::Status::failed, e.what()};
  } catch (const std::bad_alloc&) {
    return {Outcome::Status::failed, path + ": not enough memory"};
  } catch (const std::exception& e) {
    return {Outcome::Status::failed, path + ": " + e.what()};
  }
}

}  // namespace

BatchResult run_batch(const BatchJob& job, const ForwardProcess& process,
                      const OnFailure& on_failure, const RunOptions& run) {
  Outputs own;
  Outputs& outputs = run.outputs == nullptr ? own : *run.outputs;
  FileSink sink(
      resolve(output_of(job, job.inputs.front()), job.options),
      [&](std::size_t i) { return output_of(job, job.inputs[i]); }, job.reading.decoding, outputs);
  check_files(job, outputs.files());
  if (!job.manifest.empty()) check_manifest(job);
  outputs.make_folder(job.output);
  std::optional<Manifest> manifest;
  std::filesystem::path from_manifest;  // to the output folder
  // The first run of a batch that is resumed may have left a manifest that this one completes.
  if (!job.manifest.empty()) {
    manifest.emplace(job.manifest,
                     OutputRules{.overwrite = job.options.overwrite || job.options.resume},
                     outputs);
    from_manifest = path_from_manifest(job.manifest, job.output);
  }
  const int images = static_cast<int>(std::min<std::size_t>(job.inputs.size(), 1 << 20));
  MemoryBudget budget(job.reading.max_memory);
  const Batch batch{job,
                    process,
                    sink,
                    budget,
                    {.workers = std::max(1, run.workers / std::max(1, images)),
                     .stop = run.stop,
                     .outputs = &outputs}};
  BatchResult result;
  Headway headway{"images", 0, job.inputs.size()};
  if (run.progress) run.progress(headway);
  InTheWay in_the_way(job, on_failure);
  std::mutex mutex;
  const int workers = workers_and_one_that_waits(run.workers);
  parallel_for(job.inputs.size(), workers, [&](std::size_t i) {
    const Outcome outcome = in_the_way.is_known(i) ? Outcome{.status = Outcome::Status::failed,
                                                             .error = in_the_way.message(i),
                                                             .in_the_way = true}
                                                   : outcome_of(batch, i);
    const std::scoped_lock lock(mutex);
    if (manifest) {
      Outcome told = outcome;
      if (job.wording) told.error = job.wording(told.error);
      const BatchInput& input = job.inputs[i];
      const auto name = (from_manifest / output_name(job, input)).lexically_normal();
      manifest->add(i, manifest_line(input.path, output_of(job, input), name.string(), told));
    }
    switch (outcome.status) {
      case Outcome::Status::not_begun: result.interrupted = true; return;
      case Outcome::Status::written: ++result.written; break;
      case Outcome::Status::kept: ++result.kept; break;
      case Outcome::Status::failed:
        ++result.failed;
        if (outcome.in_the_way) {
          in_the_way.add(i, outcome.error);
        } else {
          on_failure(outcome.error, false);
        }
        break;
    }
    ++headway.done;
    headway.unmade = result.kept + result.failed;
    if (run.progress) run.progress(headway);
  });
  result.untold = in_the_way.untold();

  const auto save = [&](const auto& action) {
    try {
      action();
    } catch (const Error& e) {
      result.unsaved = true;
      on_failure(e.what(), false);
    }
  };
  save([&] { sink.finish(); });
  if (manifest) {
    save([&] {
      manifest->commit();
      outputs.sync();  // the outputs that it tells of are safe before it is
    });
  }
  return result;
}

}  // namespace qsample
