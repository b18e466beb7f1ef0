#include "pipeline/trajectory.h"

#include <fmt/format.h>

#include <filesystem>
#include <mutex>

#include "pipeline/noise_image.h"
#include "qsample/error.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

// Stretches of frames a worker: more of them share the work evenly, fewer repeat less of the tree.
constexpr std::size_t kStretchesPerWorker = 2;

void make_folder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw Error(folder + ": cannot make this folder: " + error.message());
}

}  // namespace

void write_trajectory(const TrajectoryJob& job, const Recipe& recipe, const Progress& progress,
                      Stop stop) {
  const std::string extension = job.output.format.empty() ? ".png" : "." + job.output.format;
  std::vector<std::string> outputs;
  std::size_t existing = 0;
  for (const int t : job.ts) {
    const auto name = frame_name(job.input, t, recipe.schedule.steps(), extension);
    outputs.push_back((fs::path(job.folder) / name).string());
    check_output(outputs.back(), job.input);
    existing += fs::exists(outputs.back()) ? 1 : 0;
  }
  if (existing > 0 && !job.output.overwrite) {
    throw Error(fmt::format("{}: {} of the {} frames exist already; --overwrite replaces them",
                            job.folder, existing, outputs.size()));
  }
  const Input input = read_input(job.input, job.input_range);
  make_folder(job.folder);

  const ImageNoise noise(recipe, job.seed, input.image);
  const std::size_t stretches =
      std::min(job.ts.size(), static_cast<std::size_t>(job.workers) * kStretchesPerWorker);
  std::size_t done = 0;
  std::mutex done_mutex;
  parallel_for(stretches, job.workers, [&](std::size_t stretch) {
    const std::size_t begin = job.ts.size() * stretch / stretches;
    const std::size_t end = job.ts.size() * (stretch + 1) / stretches;
    Frame frame{frame_for(input.image, output_depth(input.image, outputs.front(), job.output))};
    std::size_t next = begin;
    noise.path().visit(std::span(job.ts).subspan(begin, end - begin), 0, input.image.samples(),
                       [&](int t, Mix mix, std::span<const float> eps) {
                         throw_if(stop);
                         const Range range = job.output.range.at(recipe.schedule, t);
                         frame.clipped = set_samples(frame.image, input.image, mix, eps, 0, range);
                         write_frame(frame, outputs[next++], job.output,
                                     record_of(recipe, job.seed, t, input.source, job.output));
                         const std::scoped_lock lock(done_mutex);
                         if (progress) progress(++done, outputs.size());
                       });
  });
}

}  // namespace qsample
