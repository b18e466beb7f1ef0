#include "qsample/jobs/noise_file.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "image/image_io.h"
#include "pipeline/destination.h"
#include "pipeline/input.h"
#include "pipeline/jobs/noise_outputs.h"
#include "pipeline/jobs/pieces/noise_in_pieces.h"
#include "pipeline/jobs/saved/saved_targets.h"
#include "pipeline/memory_budget.h"
#include "pipeline/outputs/frame_file.h"
#include "pipeline/processes/image_frames.h"
#include "pipeline/view.h"
#include "qsample/error.h"

namespace qsample {
namespace {

// One job, of the image that is read.
class Work {
 public:
  Work(const NoiseJob& job, const NoiseOutputs& outputs, const ForwardProcess& process,
       const Source& source, const RunOptions& run)
      : job_(job), outputs_(outputs), process_(process), source_(source), run_(run) {}

  // Returns the share of clipped samples.
  double run(Image clean, Outputs& written) {
    const int depth = main().depth(clean.file_depth());
    const ImageNoise noise(process_, job_.seed, clean, job_.draw, !job_.saved.empty());
    extra_.reserve(job_.saved.size());
    for (const Saved& saved : job_.saved) {
      extra_.push_back(target_frame(*saved.target, clean, noise, job_.t, job_.sigma_data));
    }
    const Range range = job_.options.range.at(process_.schedule, job_.t);
    const Frame frame =
        viewed(frame_at(noise, std::move(clean), job_.t, depth, range, run_), job_.options.view);
    if (job_.make_folders) {
      for (const NoiseOutput& output : outputs_.files) {
        written.make_folder(folder_of(output.destination.path));
      }
    }
    // Each file of its own first, so that where x_t is, all is.
    for (const std::string& sidecar : outputs_.sidecars) {
      write_sidecar(sidecar, text_of(edm_scalings(process_.schedule, job_.t, job_.sigma_data)),
                    job_.options, written);
    }
    for (const NoiseOutput& output : std::span(outputs_.files).subspan(1)) {
      const std::span<const std::size_t> saved = output.saved;
      write(extra_[saved.front()], output, saved.subspan(1), written);
    }
    const NoiseOutput& first = outputs_.files.front();
    if (first.is_written()) write(frame, first, first.saved, written);
    if (job_.show) job_.show(frame.image);
    for (std::size_t i = 0; job_.show_saved && i < extra_.size(); ++i) {
      job_.show_saved(*job_.saved[i].target, extra_[i].image);
    }
    return findings_of(frame).clipped.value_or(0);
  }

 private:
  [[nodiscard]] const Destination& main() const { return outputs_.files.front().destination; }

  void write(const Frame& first, const NoiseOutput& output, std::span<const std::size_t> others,
             Outputs& written) const {
    std::vector<NamedImage> named;
    for (const std::size_t i : others) {
      named.emplace_back(job_.saved[i].target->name, &extra_[i].image);
    }
    const Destination& to = output.destination;
    const auto record = record_of(job_, output, process_, source_);
    write_frame(first, to, FileKinds::pipes_too, record, named, run_, written);
    tell({Result::Status::written,
          job_.input,
          to.path,
          {},
          with_findings(record, findings_of(first))});
  }

  void tell(const Result& result) const {
    if (run_.on_result) run_.on_result(result);
  }

  const NoiseJob& job_;
  const NoiseOutputs& outputs_;
  const ForwardProcess& process_;
  const Source& source_;
  const RunOptions& run_;
  std::vector<Frame> extra_;
};

Input input_of(const NoiseJob& job, const InputOptions& reading, MemoryLease& lease,
               const Afterwards& afterwards) {
  if (job.bytes.empty()) return read_input(job.input, reading, lease, afterwards);
  lease.hold(job.bytes.size());
  return {decode_input(job.bytes, job.input, reading, lease, afterwards),
          source_of(job.bytes, job.input, reading)};
}

// Tells what the jobs would write.
void tell_plan(std::span<const NoiseJob> jobs, std::span<const NoiseOutputs> outputs,
               const OnResult& on_result) {
  if (!on_result) return;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    for (const std::string& sidecar : outputs[i].sidecars) {
      on_result({.input = jobs[i].input, .output = sidecar});
    }
    for (std::size_t k = 1; k <= outputs[i].files.size(); ++k) {
      const NoiseOutput& output = outputs[i].files[k % outputs[i].files.size()];
      if (!output.is_written()) continue;
      on_result({.input = jobs[i].input, .output = output.destination.path});
    }
  }
}

}  // namespace

std::vector<double> noise_files(std::span<const NoiseJob> jobs, const ForwardProcess& process,
                                const RunOptions& run) {
  check_places(process);
  std::vector<NoiseOutputs> outputs;
  for (const NoiseJob& job : jobs) {
    for (const Saved& saved : job.saved) {
      check_target(*saved.target, process, job.t, job.sigma_data);
    }
    outputs.push_back(outputs_of(job));
  }
  const NoiseJob& first = jobs.front();
  Outputs own;
  Outputs& written = run.outputs == nullptr ? own : *run.outputs;
  check_outputs(jobs, outputs, written.files());
  if (run.dry_run) {
    tell_plan(jobs, outputs, run.on_result);
    return std::vector<double>(jobs.size());
  }
  const auto tensor = first.bytes.empty() ? large_tensor(jobs, outputs, process) : std::nullopt;
  if (tensor) {
    noise_in_pieces(*tensor, jobs, outputs, process, run, written);
    return std::vector<double>(jobs.size());
  }
  MemoryBudget budget(first.reading.max_memory);
  MemoryLease lease(&budget);
  InputOptions reading = first.reading;
  reading.decoding.run = run;
  reading.decoding.layout = first.options.layout;
  reading.preparation.seed = first.seed;
  reading.decoding.run.outputs = &written;
  const Destination& main = outputs.front().files.front().destination;
  Input input = input_of(first, reading, lease, [&](const Footprint& image) {
    return image_noise_memory(process, image, !first.saved.empty()) +
           targets_memory(first.saved.size(), process, image) + main.memory(image) +
           (jobs.size() > 1 ? image.bytes() : 0);
  });
  check_samples(process, input.image, file_name(first.input));
  lease.hold_more(
      view_memory(input.image, main.depth(input.image.file_depth()), first.options.view));
  run.tell({"drawing noise"});
  std::vector<double> clipped;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    Work work(jobs[i], outputs[i], process, input.source, run);
    const bool is_last = i + 1 == jobs.size();
    clipped.push_back(work.run(is_last ? std::move(input.image) : input.image, written));
  }
  written.sync();
  return clipped;
}

double noise_file(const NoiseJob& job, const ForwardProcess& process, const RunOptions& run) {
  return noise_files({&job, 1}, process, run).front();
}

}  // namespace qsample
