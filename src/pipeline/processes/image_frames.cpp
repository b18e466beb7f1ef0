#include "pipeline/processes/image_frames.h"

#include <array>
#include <utility>

#include "pipeline/processes/seen_image.h"
#include "qsample/processes/blur_path.h"

namespace qsample {
namespace {

bool is_blurred_chain(const ForwardProcess& process) {
  return process.corruption.family->blur != nullptr && process.path == PathKind::markov;
}

PlaneShape shape_of(const Image& image) {
  return {image.width, image.height, image.channels, image.frames * image.items};
}

}  // namespace

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
  visit_noise(
      noise, NoisePart::input, clean, ts, workers,
      [&](int t, Mix mix, std::span<const float> eps) {
        if (process.corruption.is_gaussian()) return visitor(t, clean, mix, eps);
        visitor(t, seen_at(process, clean, t, workers), mix, eps);
      },
      poll);
}

Frame frame_at(const ImageNoise& noise, Image clean, int t, int depth, Range range,
               const RunOptions& run) {
  if (!is_blurred_chain(noise.process())) {
    Image seen = seen_at(noise.process(), std::move(clean), t, run.workers);
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
