#include "pipeline/jobs/saved/saved_targets.h"

#include <array>
#include <filesystem>
#include <span>

#include "base/json.h"
#include "files/file_comparison.h"
#include "image/image_io.h"
#include "pipeline/processes/image_frames.h"
#include "pipeline/record/resume.h"
#include "qsample/error.h"

namespace qsample {

ImageNoise::ImageNoise(const ForwardProcess& process, std::uint64_t seed, const Image& image,
                       std::uint32_t draw, bool has_targets)
    : process_(process), seed_(seed), draw_(draw), noise_(process.noise(seed, image, draw)) {
  path_.emplace(process.schedule, *noise_, process.path);
  if (!has_targets || process.additions.perturbation == 0) return;
  plain_ = process.noise(seed, image, draw, NoisePart::target);
  plain_path_.emplace(process.schedule, *plain_, process.path);
}

DiscretePath ImageNoise::values() const {
  // As ForwardProcess::noise has it: each item is a draw of its own.
  const auto items = static_cast<std::uint32_t>(process_.batch.items);
  const std::uint32_t draw = draw_ * items + static_cast<std::uint32_t>(process_.batch.item);
  return {*process_.chain, seed_, draw, process_.path};
}

std::size_t image_noise_memory(const ForwardProcess& process, const Footprint& image,
                               bool has_targets) {
  const bool has_two = has_targets && process.additions.perturbation != 0;
  return noise_memory(process, image) * (has_two ? 2 : 1) +
         (is_blurred_chain(process) ? visit_memory(process, image)
                                    : corruption_memory(process, image));
}

void check_target(const Target& target, const ForwardProcess& process, int t, double sigma_data) {
  const std::string option = "`save` " + std::string(target.name);
  Mix mix{};
  try {
    mix = target.mix(process.schedule, t, sigma_data);
  } catch (const InvalidArgument& e) {
    throw InvalidArgument(option + ": " + e.what());
  }
  if (mix.eps != 0 && process.corruption.is_discrete()) {
    throw InvalidArgument(option + ": `process` " + std::string(process.corruption.family->name) +
                          " has no eps; x0 there is");
  }
  if (mix.x0 != 0 && mix.eps != 0 && !process.corruption.is_gaussian()) {
    throw InvalidArgument(option + ": `process` " + std::string(process.corruption.family->name) +
                          " does not scale the whole image alike, so there is none; x0, eps and "
                          "score there are");
  }
  if (mix.eps != 0 && process.path == PathKind::markov && process.schedule.sigma(t) == 0) {
    throw InvalidArgument(option + ": along a Markov path there is no noise yet at t = " +
                          std::to_string(t) + "; choose a later timestep");
  }
}

Mix target_mix(const Target& target, const NoisePath& path, int t, double sigma_data) {
  const Mix wanted = target.mix(path.schedule(), t, sigma_data);
  // A Markov path gives sigma_t eps.
  const double scale = path.kind() == PathKind::markov ? 1 / path.schedule().sigma(t) : 1;
  return {wanted.x0, wanted.eps == 0 ? 0 : wanted.eps * scale};
}

Frame target_frame(const Target& target, const Image& clean, const ImageNoise& noise, int t,
                   double sigma_data) {
  const NoisePath& path = noise.path(target.part);
  const Mix mix = target_mix(target, path, t, sigma_data);
  const bool doubles = takes_doubles(clean, path);
  Frame frame{frame_for(clean, doubles ? 64 : 32)};
  if (doubles) {
    set_doubles(frame.image, clean, mix, path, 0, clean.samples());
    return frame;
  }
  visit_noise(noise, target.part, clean, std::array{t}, 1,
              [&](int /*t*/, Mix /*of x_t*/, std::span<const float> eps) {
                set_samples(frame.image, clean, mix, eps, 0, {});
              });
  return frame;
}

std::size_t targets_memory(std::size_t count, const ForwardProcess& process,
                           const Footprint& image) {
  if (count == 0) return 0;
  const std::size_t sample = image.depth == 64 ? sizeof(double) : sizeof(float);
  const auto copies = static_cast<std::size_t>(most_encode_copies());
  return image.samples * sample * count * (1 + copies) + visit_memory(process, image);
}

Tensor tensor_of(const Target& target, const NoiseSchedule& schedule) {
  return {std::string(target.name), target.formula(schedule)};
}

Tensor tensor_of_xt(const ForwardProcess& process) {
  return {std::string(kNoisedName), std::string(process.corruption.family->formula)};
}

OutputOptions options_of_target(const OutputOptions& options, const Target& target) {
  OutputOptions chosen = options;
  chosen.format.clear();
  chosen.tensor = target.name;
  chosen.depth = 0;
  chosen.range = {};
  chosen.view = {};
  return chosen;
}

std::string sidecar_of(const std::string& saved) {
  return std::filesystem::path(saved).replace_extension(".json").string();
}

std::string text_of(const EdmScalings& scalings) {
  Json json;
  json["sigma"] = scalings.sigma;
  json["sigma_data"] = scalings.sigma_data;
  json["c_skip"] = scalings.c_skip;
  json["c_out"] = scalings.c_out;
  json["c_in"] = scalings.c_in;
  json["c_noise"] = scalings.c_noise;
  return json_text(json) + "\n";
}

void write_sidecar(const std::string& path, const std::string& text, const OutputOptions& options,
                   Outputs& outputs) {
  const Bytes bytes = std::as_bytes(std::span(text));
  if (options.resume && is_regular_file(path)) {
    FileComparison there(path);
    there.add(bytes);
    if (there.is_same()) return;
  }
  OutputFile file(path, {.overwrite = options.overwrite, .kinds = FileKinds::regular}, outputs);
  file.write(bytes);
  file.commit();
}

}  // namespace qsample
