#include "pipeline/noise_file.h"

#include <algorithm>
#include <array>
#include <utility>

#include "io/file.h"
#include "qsample/error.h"

namespace qsample {
namespace {

std::string tensor_name(Saved::Kind kind) {
  switch (kind) {
    case Saved::Kind::x0: return "x0";
    case Saved::Kind::eps: return "eps";
    case Saved::Kind::v: return "v";
  }
  return {};
}

// `a * x_0 + b * eps` of the whole image, where the path gives eps as x_t = signal x_0 + noise eps.
Frame combine(const Image& clean, const NoisePath& path, int t, Saved::Kind kind) {
  Frame frame{frame_for(clean, 32)};
  const double alpha = path.schedule().alpha(t);
  const double sigma = path.schedule().sigma(t);
  const std::array ts = {t};
  path.visit(ts, 0, clean.samples(), [&](int /*t*/, Mix mix, std::span<const float> noise) {
    // The Markov path gives sigma_t eps in one; at sigma_t = 0 that is nothing.
    const double eps = sigma == 0 ? 0 : mix.noise / sigma;
    switch (kind) {
      case Saved::Kind::x0: mix = {1, 0}; break;
      case Saved::Kind::eps: mix = {0, eps}; break;
      case Saved::Kind::v: mix = {-sigma, alpha * eps}; break;
    }
    set_samples(frame.image, clean, mix, noise, 0, {});
  });
  return frame;
}

void check_outputs(const NoiseJob& job) {
  check_output(job.output, job.input);
  std::vector<std::string> paths = {job.output};
  (void)output_codec(job.output, job.options);
  for (const Saved& saved : job.saved) {
    check_output(saved.path, job.input);
    OutputOptions options = job.options;
    if (saved.path != job.output) options.format.clear();
    const Codec& codec = output_codec(saved.path, options);
    if (std::find(codec.depths.begin(), codec.depths.end(), 32) == codec.depths.end()) {
      throw InvalidArgument(saved.path + ": " + std::string(codec.name) +
                            " holds no floats; use .npy, .safetensors, .tiff, .exr or .pfm");
    }
    const bool taken = std::find(paths.begin(), paths.end(), saved.path) != paths.end();
    if (taken && !codec.holds_many) {
      throw InvalidArgument(saved.path + ": two outputs would be written to it; only .safetensors" +
                            " holds several");
    }
    paths.push_back(saved.path);
  }
}

}  // namespace

double noise_file(const NoiseJob& job, const Recipe& recipe, Stop stop) {
  check_outputs(job);
  Input input = read_input(job.input, job.reading);
  const ImageNoise noise(recipe, job.seed, input.image);
  const auto record = record_of(recipe, job.seed, job.t, input.source, job.options);

  std::vector<Frame> extra;
  extra.reserve(job.saved.size());
  std::vector<NamedImage> beside;  // in the main output's file
  for (const Saved& saved : job.saved) {
    extra.push_back(combine(input.image, noise.path(), job.t, saved.kind));
    if (saved.path == job.output) beside.emplace_back(tensor_name(saved.kind), &extra.back().image);
  }
  const int depth = output_depth(input.image, job.output, job.options);
  const Range range = job.options.range.at(recipe.schedule, job.t);
  const Frame frame =
      noise_image(std::move(input.image), noise.path(), job.t, depth, range, job.workers, stop);
  // Each file of its own first, so that where x_t is, all is.
  std::vector<std::string> written = {job.output};
  for (std::size_t i = 0; i < job.saved.size(); ++i) {
    const Saved& saved = job.saved[i];
    if (std::find(written.begin(), written.end(), saved.path) != written.end()) continue;
    written.push_back(saved.path);
    std::vector<NamedImage> others;
    for (std::size_t j = i + 1; j < job.saved.size(); ++j) {
      if (job.saved[j].path == saved.path) {
        others.emplace_back(tensor_name(job.saved[j].kind), &extra[j].image);
      }
    }
    OutputOptions options = job.options;
    options.format.clear();
    options.tensor = tensor_name(saved.kind);
    write_frame(extra[i], saved.path, options, record, others);
  }
  write_frame(frame, job.output, job.options, record, beside);
  sync_folders();
  return clipped_share(frame);
}

}  // namespace qsample
