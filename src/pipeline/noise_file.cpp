#include "pipeline/noise_file.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "io/file.h"
#include "qsample/error.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

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

// Every output's file, by a name that tells whether two are one.
std::string place_of(const std::string& path) {
  if (path == "-") return path;
  std::error_code unknown;
  return fs::weakly_canonical(fs::absolute(path, unknown), unknown).string();
}

// An output that can't come to be is told before anything is computed.
void check_place(const std::string& path, const OutputOptions& options) {
  if (path == "-") return;
  std::error_code unknown;
  if (fs::is_regular_file(path, unknown) && !options.overwrite) {
    throw Error(path + ": exists already; --overwrite replaces it");
  }
  const auto folder = fs::path(path).parent_path();
  if (!folder.empty() && !fs::exists(folder, unknown) && !unknown) {
    throw Error(path + ": there is no folder " + folder.string() + "; make it first");
  }
}

void check_saved(const NoiseJob& job) {
  struct Taken {
    std::string place;
    std::string name;  // of the tensor
  };
  std::vector<Taken> taken = {{place_of(job.output), job.options.tensor}};
  for (const Saved& saved : job.saved) {
    OutputOptions options = job.options;
    const std::string place = place_of(saved.path);
    if (place != taken.front().place) options.format.clear();
    const Codec& codec = output_codec(saved.path, options);
    if (std::find(codec.depths.begin(), codec.depths.end(), 32) == codec.depths.end()) {
      throw InvalidArgument(saved.path + ": " + std::string(codec.name) +
                            " holds no floats; use .npy, .safetensors, .tiff, .exr or .pfm");
    }
    const std::string name = tensor_name(saved.kind);
    for (const Taken& other : taken) {
      if (other.place != place) continue;
      if (!codec.holds_many) {
        throw InvalidArgument(saved.path + ": two outputs would be written to it; only " +
                              ".safetensors holds several");
      }
      if (other.name == name) throw InvalidArgument(saved.path + ": --save " + name + " twice");
    }
    taken.push_back({place, name});
  }
}

void check_outputs(const NoiseJob& job) {
  check_output(job.output, job.input);
  check_format(job.output, job.options);
  for (const Saved& saved : job.saved) check_output(saved.path, job.input);
  check_saved(job);
  check_place(job.output, job.options);
  for (const Saved& saved : job.saved) check_place(saved.path, job.options);
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
    if (place_of(saved.path) == place_of(job.output))
      beside.emplace_back(tensor_name(saved.kind), &extra.back().image);
  }
  const int depth = output_depth(input.image, job.output, job.options);
  const Range range = job.options.range.at(recipe.schedule, job.t);
  const Frame frame =
      noise_image(std::move(input.image), noise.path(), job.t, depth, range, job.workers, stop);
  // Each file of its own first, so that where x_t is, all is.
  std::vector<std::string> written = {place_of(job.output)};
  for (std::size_t i = 0; i < job.saved.size(); ++i) {
    const Saved& saved = job.saved[i];
    const std::string place = place_of(saved.path);
    if (std::find(written.begin(), written.end(), place) != written.end()) continue;
    written.push_back(place);
    std::vector<NamedImage> others;
    for (std::size_t j = i + 1; j < job.saved.size(); ++j) {
      if (place_of(job.saved[j].path) == place) {
        others.emplace_back(tensor_name(job.saved[j].kind), &extra[j].image);
      }
    }
    OutputOptions options = job.options;
    options.format.clear();
    options.tensor = tensor_name(saved.kind);
    write_frame(extra[i], saved.path, options, record, others, stop);
  }
  write_frame(frame, job.output, job.options, record, beside, stop);
  sync_folders();
  return findings_of(frame).clipped.value_or(0);
}

}  // namespace qsample
