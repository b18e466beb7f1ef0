// The frames of an image by a process: where x_0 and the noise become x_t.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "pipeline/jobs/saved/saved_targets.h"
#include "pipeline/noise_image.h"

namespace qsample {

/// Whether the noise of a sample depends on that of the whole image: the chain is one of its
/// frequencies.
[[nodiscard]] bool is_blurred_chain(const ForwardProcess& process);

/// Throws InvalidArgument where the process has no x_t at a place between timesteps of the
/// schedule.
void check_places(const ForwardProcess& process);

/// Throws Error, with the image's name, where the process is not one of such samples.
void check_samples(const ForwardProcess& process, const Image& image, const std::string& name);

/// x_t of `clean`, as noise_image has it, by the process whose noise it is.
[[nodiscard]] Frame frame_at(const ImageNoise& noise, Image clean, int t, int depth, Range range,
                             const RunOptions& run);

/// Visits the noise of the whole image, as NoisePath::visit has it: that in x_t, or that of
/// targets. What is more than a sample's own affair is done by `workers` threads.
void visit_noise(const ImageNoise& noise, NoisePart part, const Image& clean,
                 std::span<const int> ts, int workers, const NoisePath::Visitor& visitor,
                 const NoisePath::Poll& poll = {});

/// Receives x_t = mix.x0 * seen + mix.eps * eps, where `seen` is x_0 as the process sees it at t;
/// both are valid during the call only.
using ImageVisitor =
    std::function<void(int t, const Image& seen, Mix mix, std::span<const float> eps)>;

/// Visits the timesteps `ts`, which ascend along the path, one after the other, likewise.
void visit_image(const ImageNoise& noise, const Image& clean, std::span<const int> ts, int workers,
                 const ImageVisitor& visitor, const NoisePath::Poll& poll);

}  // namespace qsample
