#include "pipeline/jobs/trajectory.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <set>

#include "base/parallel.h"
#include "files/file.h"
#include "files/folder.h"
#include "pipeline/noise_image.h"
#include "pipeline/record/resume.h"
#include "qsample/error.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

// Stretches of frames a worker: more of them share the work evenly, fewer repeat less of the tree.
constexpr std::size_t kStretchesPerWorker = 2;

struct Output {
  int t;
  std::string path;
};

// Throws if a frame is an input. They are numbered from 0, the input comes after them, then the
// other inputs.
void check_files(const TrajectoryJob& job, const std::vector<Output>& outputs, JobFiles& files) {
  std::size_t number = 0;
  for (const Output& output : outputs) files.will_write(output.path, number++);
  files.will_read(job.input, number++);
  for (const OtherInput& other : job.other_inputs) files.will_read(other.path, number++);
  const std::size_t input = outputs.size();
  const auto clash = files.find_clash([&](std::size_t i) {
    if (i < input) return outputs[i].path;
    return i == input ? job.input : job.other_inputs[i - input - 1].path;
  });
  if (!clash) return;
  const std::string& path = outputs[clash->output].path;
  if (!clash->with_input) {
    throw InvalidArgument(path + ": is " + outputs[clash->other].path +
                          " too, which would be written twice");
  }
  refuse_input(path,
               clash->other == input ? job.input : job.other_inputs[clash->other - input - 1].what,
               "choose another folder");
}

OtherFrames find_other_frames(const TrajectoryJob& job, const ForwardProcess& process,
                              const std::vector<Output>& outputs, const std::string& extension,
                              const std::function<std::string(int t)>& record, int workers) {
  std::set<std::string> own;
  for (const Output& output : outputs) own.insert(base_name(output.path));
  const auto record_at = [&](int t) {
    return t <= process.schedule.steps() ? record(t) : std::string();
  };
  return other_frames(job.folder, frame_stem(job.input), extension, own, record_at, workers);
}

}  // namespace

void write_trajectory(const TrajectoryJob& job, const ForwardProcess& process,
                      const RunOptions& run) {
  const std::string extension = job.output.format.empty() ? ".png" : "." + job.output.format;
  check_format("frame" + extension, job.output);
  std::vector<Output> outputs;
  std::size_t existing = 0;
  for (const int t : job.ts) {
    const auto name =
        frame_name(job.input, t - job.offset, process.schedule.steps() - job.offset, extension);
    outputs.push_back({t, (fs::path(job.folder) / name).string()});
    check_is_no_folder(outputs.back().path);
    std::error_code unknown;
    existing += fs::exists(outputs.back().path, unknown) ? 1 : 0;
  }
  JobFiles files;
  check_files(job, outputs, files);
  if (existing > 0 && !job.output.overwrite && !job.output.resume) {
    throw Error(
        fmt::format("{}: {} of the {} frames exist already; `overwrite` replaces them, "
                    "`resume` keeps those that were made in this way",
                    job.folder, existing, outputs.size()));
  }
  MemoryLease lease(job.reading.memory.get());
  Footprint footprint;
  const auto memory_of = [&](int workers) {
    Footprint frame = footprint;
    frame.depth = output_depth(footprint.depth, outputs.front().path, job.output);
    const auto copies =
        static_cast<std::size_t>(output_codec(outputs.front().path, job.output).encode_copies);
    return noise_memory(process, footprint) +
           static_cast<std::size_t>(workers) *
               ((1 + copies) * frame.bytes() + visit_memory(process, footprint));
  };
  InputOptions reading = job.reading;
  reading.decoding.run = run;
  const Input input = read_input(job.input, reading, lease, [&](const Footprint& image) {
    footprint = image;
    return memory_of(1);
  });
  int workers = workers_and_one_that_waits(run.workers);
  while (workers > 1 && footprint.bytes() + memory_of(workers) > lease.limit()) --workers;
  lease.hold(footprint.bytes() + memory_of(workers));
  const auto record = [&](int t) {
    return record_of(process, job.seed, t, input.source, job.output);
  };
  const auto rules = rules_of(job.output, FileKinds::regular, files);
  if (job.on_other_frames) {
    const auto others = find_other_frames(job, process, outputs, extension, record, run.workers);
    if (!others.empty()) job.on_other_frames(others);
  }
  make_folder(job.folder);

  Headway headway{"frames", 0, job.ts.size()};
  run.tell(headway);
  std::mutex headway_mutex;
  const auto count = [&](bool kept) {
    const std::scoped_lock lock(headway_mutex);
    ++headway.done;
    headway.unmade += kept ? 1 : 0;
    if (run.progress) run.progress(headway);
  };
  if (job.output.resume) {
    std::vector<char> kept(outputs.size());
    parallel_for(outputs.size(), run.workers, [&](std::size_t i) {
      throw_if(run.stop);
      kept[i] =
          record_of_done(outputs[i].path, record(outputs[i].t), job.output, job.reading.decoding)
              ? 1
              : 0;
      if (kept[i] != 0) count(true);
    });
    std::erase_if(outputs,
                  [&, i = std::size_t{0}](const Output&) mutable { return kept[i++] != 0; });
  }
  std::vector<int> ts(outputs.size());
  std::transform(outputs.begin(), outputs.end(), ts.begin(),
                 [](const Output& output) { return output.t; });

  const ImageNoise noise(process, job.seed, input.image);
  const std::size_t stretches =
      std::min(ts.size(), static_cast<std::size_t>(workers) * kStretchesPerWorker);
  parallel_for(stretches, workers, [&](std::size_t stretch) {
    const std::size_t begin = ts.size() * stretch / stretches;
    const std::size_t end = ts.size() * (stretch + 1) / stretches;
    Frame frame{frame_for(
        input.image, output_depth(input.image.file_depth(), outputs.front().path, job.output))};
    std::size_t next = begin;
    noise.path().visit(
        std::span(ts).subspan(begin, end - begin), 0, input.image.samples(),
        [&](int t, Mix mix, std::span<const float> eps) {
          throw_if(run.stop);
          const Range range = job.output.range.at(process.schedule, t);
          frame.clipped = set_samples(frame.image, input.image, mix, eps, 0, range);
          const bool written = write_frame(frame, outputs[next++].path, job.output, rules,
                                           record(t), {}, {.stop = run.stop});
          count(!written);
        },
        [&] { throw_if(run.stop); });
  });
  sync_folders();
}

}  // namespace qsample
