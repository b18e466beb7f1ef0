#include "pipeline/input.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <type_traits>
#include <utility>

#include "files/outputs.h"
#include "image/image_io.h"
#include "pipeline/noise_image.h"
#include "pipeline/preparation/prepare.h"

namespace qsample {

std::vector<std::byte> read_image_file(const std::string& path, FileKinds kinds,
                                       const InputOptions& options, MemoryLease& lease) {
  const Outputs* outputs = options.decoding.run.outputs;
  return read_file(path, {.kinds = kinds,
                          .check_head = check_is_image,
                          .extent =
                              [&](Bytes begin, const std::string& name) {
                                return extent_of(begin, name, options.decoding);
                              },
                          .on_wait = outputs == nullptr ? OnWait() : outputs->on_wait(),
                          .hold = [&](std::size_t bytes) { lease.hold(bytes); }});
}

namespace {

// Beyond it, samples are hardly x.
constexpr float kFarOutside = 10;

// x of a sample, computed in the floats T.
template <class T>
T mapped(double sample, Range range, const std::string& name) {
  const auto low = static_cast<T>(range.low);
  const T x = (static_cast<T>(sample) - low) / (static_cast<T>(range.high) - low) * 2 - 1;
  if (!std::isfinite(x)) {
    throw Error(fmt::format("{}: holds {}, which is infinite in `input-range` {},{}", name, sample,
                            range.low, range.high));
  }
  return x;
}

// Makes `range` of the samples -1 and 1: of floats in place, of integers in new ones.
void map_range(Image& image, Range range, const std::string& name) {
  const bool apart = image.depth() < 32 || image.annotations.integers;
  std::optional<Image> floats;
  if (apart) {
    floats = frame_for(image, 32);
    if (image.depth() < 32) floats->mapped_depth = image.depth();
  }
  std::visit(
      [&]<class T>(Planes<T>& to) {
        if constexpr (std::is_floating_point_v<T>) {
          std::visit(
              [&](const auto& planes) {
                std::transform(
                    planes.colour.begin(), planes.colour.end(), to.colour.begin(),
                    [&](auto v) { return mapped<T>(static_cast<double>(v), range, name); });
              },
              image.planes);
        }
      },
      (floats ? *floats : image).planes);
  if (floats) image = std::move(*floats);
}

// x of the latents of a model.
void scale_latents(Image& image, const LatentOptions& latent, const std::string& name) {
  std::visit(
      [&]<class T>(Planes<T>& planes) {
        if constexpr (std::is_floating_point_v<T>) {
          for (T& sample : planes.colour) {
            sample = static_cast<T>((static_cast<double>(sample) - latent.shift) * latent.scale);
          }
        } else {
          throw Error(name +
                      ": holds integers, which are no latents; leave out `latent-scale` and "
                      "`latent-shift`, or map them by `input-range`");
        }
      },
      image.planes);
}

// The least and the greatest, of floats.
Ends ends_of(const Image& image) {
  Ends ends;
  std::visit(
      [&]<class T>(const Planes<T>& planes) {
        if constexpr (std::is_floating_point_v<T>) {
          if (planes.colour.empty()) return;
          const auto found = std::minmax_element(planes.colour.begin(), planes.colour.end());
          ends = {static_cast<double>(*found.first), static_cast<double>(*found.second)};
        }
      },
      image.planes);
  return ends;
}

// What is to be doubted of x, or nothing.
std::string doubt_of(const Ends& ends, const std::optional<Range>& range) {
  const auto outside = [&](double bound) { return ends.least < -bound || ends.greatest > bound; };
  if (range && outside(1)) {
    return fmt::format("samples are outside `input-range` {:g},{:g}: x goes from {:.4g} to {:.4g}",
                       range->low, range->high, ends.least, ends.greatest);
  }
  if (!range && outside(kFarOutside)) {
    return fmt::format(
        "samples from {:.4g} to {:.4g} are taken for x, which is mostly in [-1, 1]; "
        "`input-range` LO,HI says which of them are -1 and 1",
        ends.least, ends.greatest);
  }
  return {};
}

// The largest that preparation makes of an image.
Footprint largest_prepared(Footprint image, const Preparation& preparation) {
  if (preparation.mode == ColourMode::rgb) image.samples *= 3;
  if (!preparation.scales()) return image;
  constexpr std::size_t kMostColours = 4;  // but for tensors, whose samples are held apart
  const std::size_t pixels =
      static_cast<std::size_t>(preparation.width) * static_cast<std::size_t>(preparation.height);
  image.samples = std::max(image.samples, kMostColours * pixels);
  return image;
}

Image made_ready(Image image, const InputOptions& options, const std::string& name,
                 MemoryLease& lease) {
  try {
    return prepared(std::move(image), options.preparation, lease);
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& e) {
    throw Error(name + ": " + e.what());
  }
}

}  // namespace

Ends make_x(Image& image, const InputOptions& options, const std::string& name) {
  if (options.range) {
    map_range(image, *options.range, name);
  } else if (image.annotations.integers) {
    throw Error(name + ": holds integers; `input-range` says which are -1 and 1, such as 0,255");
  }
  if (options.latent) scale_latents(image, options.latent, name);
  return ends_of(image);
}

void warn_of_doubt(const Ends& ends, const InputOptions& options, const std::string& name) {
  if (const auto doubt = doubt_of(ends, options.range); !doubt.empty()) {
    options.decoding.warn(name + ": " + doubt);
  }
}

Image decode_input(std::vector<std::byte> bytes, const std::string& path,
                   const InputOptions& options, MemoryLease& lease, const Afterwards& afterwards) {
  MemoryReturn spent(bytes);
  DecodeOptions decoding = options.decoding;
  decoding.convert_cmyk = options.preparation.mode != ColourMode::keep;
  decoding.passed = [&](const std::byte* here) { spent.up_to(here); };
  decoding.reserve = [&](const Footprint& image) {
    const Footprint ready = largest_prepared(image, options.preparation);
    Footprint floats = ready;  // that an input range makes of integers
    floats.depth = 32;
    const std::size_t mapped = options.range && image.depth < 32 ? floats.bytes() : 0;
    lease.hold(std::max(bytes.size() + image.peak(), ready.bytes() + mapped + afterwards(ready)));
  };
  Image image = decode_image(bytes, file_name(path), decoding);
  const std::string name = file_name(path);
  if (options.preparation) image = made_ready(std::move(image), options, name, lease);
  warn_of_doubt(make_x(image, options, name), options, name);
  return image;
}

Input read_input(const std::string& path, const InputOptions& options, MemoryLease& lease,
                 const Afterwards& afterwards) {
  options.decoding.run.tell({"reading"});
  auto bytes = read_image_file(path, FileKinds::pipes_too, options, lease);
  Source source = source_of(bytes, path, options);
  return {decode_input(std::move(bytes), path, options, lease, afterwards), std::move(source)};
}

void refuse_input(const std::string& output, const std::string& what, const std::string& remedy) {
  throw InvalidArgument(fmt::format("{}: is the input itself{}; {}",
                                    output == "-" ? "standard output" : output,
                                    what == output ? "" : ", " + what, remedy));
}

void check_one_output(const std::string& output, const std::vector<OtherInput>& inputs,
                      JobFiles& files) {
  files.will_write(output, 0);
  for (std::size_t i = 0; i < inputs.size(); ++i) files.will_read(inputs[i].path, i + 1);
  const auto clash = files.find_clash(
      [&](std::size_t number) { return number == 0 ? output : inputs[number - 1].path; });
  if (clash) refuse_input(output, inputs[clash->other - 1].what);
}

}  // namespace qsample
