#include "pipeline/processes/image_frames.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "base/fail.h"
#include "base/parallel.h"
#include "pipeline/processes/seen_image.h"
#include "qsample/processes/blur_path.h"

namespace qsample {
namespace {

// The values that samples of 8 bits have at t, in an image like theirs.
using ValuesVisitor = std::function<void(int t, const Image& values)>;

void visit_values(const ImageNoise& noise, const Image& clean, std::span<const int> ts, int workers,
                  const ValuesVisitor& visitor, const NoisePath::Poll& poll) {
  constexpr std::size_t kRun = std::size_t{1} << 15;
  const DiscretePath path = noise.values();
  const std::span x0 = std::get<Planes<std::uint8_t>>(clean.planes).colour;
  Image values = clean;
  const std::span xt = std::get<Planes<std::uint8_t>>(values.planes).colour;
  const auto visit = [&](std::span<const int> visited, std::size_t first, std::size_t count,
                         const std::function<void(int)>& then) {
    const auto take = [&](int t, std::span<const std::uint8_t> drawn) {
      std::copy(drawn.begin(), drawn.end(), xt.begin() + static_cast<std::ptrdiff_t>(first));
      then(t);
    };
    path.visit(visited, first, x0.subspan(first, count), take, poll);
  };
  if (workers == 1) return visit(ts, 0, x0.size(), [&](int t) { visitor(t, values); });
  for (const int t : ts) {
    parallel_for((x0.size() + kRun - 1) / kRun, workers, [&](std::size_t i) {
      visit(std::array{t}, i * kRun, std::min(kRun, x0.size() - i * kRun), [](int /*t*/) {});
    });
    visitor(t, values);
  }
}

PlaneShape shape_of(const Image& image) {
  return {image.width, image.height, image.channels, image.frames * image.items};
}

}  // namespace

bool is_blurred_chain(const ForwardProcess& process) {
  return process.corruption.family->blur != nullptr && process.path == PathKind::markov;
}

void check_places(const ForwardProcess& process) {
  if (!process.corruption.is_discrete() || process.schedule.points() == 0) return;
  fail(Named{"process"}, " ", process.corruption.family->name,
       " has whole timesteps alone; choose one, as `timestep` does");
}

void check_samples(const ForwardProcess& process, const Image& image, const std::string& name) {
  if (!process.corruption.is_discrete() || image.depth() == 8) return;
  throw Error(fmt::format("{}: `process` {} is for the 256 values of 8-bit integers, and it has {}",
                          name, process.corruption.family->name,
                          image.depth() == 16 ? "16 bits" : "floats"));
}

void visit_noise(const ImageNoise& noise, NoisePart part, const Image& clean,
                 std::span<const int> ts, int workers, const NoisePath::Visitor& visitor,
                 const NoisePath::Poll& poll) {
  const ForwardProcess& process = noise.process();
  const NoisePath& path = noise.path(part);
  if (!is_blurred_chain(process)) return path.visit(ts, 0, clean.samples(), visitor, poll);
  const std::function<Blur(int)> blur = [&](int t) {
    return *process.corruption.blur(process.schedule, t);
  };
  const BlurredPath chain(process.schedule, path.noise(), blur, shape_of(clean));
  chain.visit(ts, visitor, poll, workers);
}

void visit_image(const ImageNoise& noise, const Image& clean, std::span<const int> ts, int workers,
                 const ImageVisitor& visitor, const NoisePath::Poll& poll) {
  const ForwardProcess& process = noise.process();
  if (process.corruption.is_discrete()) {
    // x_t as it is.
    const std::vector<float> zeros(clean.samples());
    const auto visit = [&](int t, const Image& values) { visitor(t, values, {1, 0}, zeros); };
    return visit_values(noise, clean, ts, workers, visit, poll);
  }
  visit_noise(
      noise, NoisePart::input, clean, ts, workers,
      [&](int t, Mix mix, std::span<const float> eps) {
        if (process.corruption.is_gaussian()) return visitor(t, clean, mix, eps);
        visitor(t, seen_at(process, clean, t, workers, poll), mix, eps);
      },
      poll);
}

Frame frame_at(const ImageNoise& noise, Image clean, int t, int depth, Range range,
               const RunOptions& run) {
  if (!is_blurred_chain(noise.process()) && !noise.process().corruption.is_discrete()) {
    Image seen =
        seen_at(noise.process(), std::move(clean), t, run.workers, [&] { throw_if(run.stop); });
    return noise_image(std::move(seen), noise.path(), t, depth, range, run);
  }
  Frame frame{frame_for(clean, depth)};
  visit_image(
      noise, clean, std::array{t}, run.workers,
      [&](int /*t*/, const Image& seen, Mix mix, std::span<const float> eps) {
        frame.clipped = set_samples(frame.image, seen, mix, eps, 0, range);
      },
      [&] { throw_if(run.stop); });
  return frame;
}

}  // namespace qsample
