#include "pipeline/outputs/frame_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>

#include "files/file.h"
#include "files/file_comparison.h"
#include "image/image_io.h"
#include "pipeline/record/resume.h"
#include "qsample/error.h"

namespace qsample {

std::size_t frame_memory(const Footprint& input, const std::string& path,
                         const OutputOptions& options) {
  const Codec& codec = output_codec(path, options);
  Footprint frame = input;
  frame.depth = output_depth(input.depth, path, options);
  const auto copies = static_cast<std::size_t>(codec.encode_copies);
  return (frame.depth == input.depth ? 0 : frame.bytes()) + copies * frame.bytes();
}

std::vector<std::byte> read_image_file(const std::string& path, FileKinds kinds,
                                       const InputOptions& options, MemoryLease& lease) {
  return read_file(path, {.kinds = kinds,
                          .check_head = check_is_image,
                          .extent =
                              [&](Bytes begin, const std::string& name) {
                                return extent_of(begin, name, options.decoding);
                              },
                          .hold = [&](std::size_t bytes) { lease.hold(bytes); }});
}

namespace {

// Beyond it, samples are hardly x.
constexpr float kFarOutside = 10;

// Makes `range` of the samples -1 and 1: of floats in place, of integers in new ones.
void map_range(Image& image, Range range, const std::string& name) {
  std::optional<Image> floats;
  if (image.depth() != 32) {
    floats = frame_for(image, 32);
    floats->mapped_depth = image.depth();
  }
  auto& to = std::get<Planes<float>>((floats ? *floats : image).planes).colour;
  std::visit(
      [&](const auto& planes) {
        std::transform(planes.colour.begin(), planes.colour.end(), to.begin(), [&](auto v) {
          const float x = (static_cast<float>(v) - range.low) / (range.high - range.low) * 2 - 1;
          if (!std::isfinite(x)) {
            throw Error(fmt::format("{}: holds {}, which is infinite in `input-range` {},{}", name,
                                    v, range.low, range.high));
          }
          return x;
        });
      },
      image.planes);
  if (floats) image = std::move(*floats);
}

// What is to be doubted of the samples of a float image, or nothing.
std::string doubt_of(const Image& image, const std::optional<Range>& range) {
  const auto* planes = std::get_if<Planes<float>>(&image.planes);
  if (planes == nullptr || planes->colour.empty()) return {};
  const auto ends = std::minmax_element(planes->colour.begin(), planes->colour.end());
  const float least = *ends.first;
  const float greatest = *ends.second;
  const auto outside = [=](float bound) { return least < -bound || greatest > bound; };
  if (range && outside(1)) {
    return fmt::format("samples are outside `input-range` {:g},{:g}: x goes from {:.4g} to {:.4g}",
                       range->low, range->high, least, greatest);
  }
  if (!range && outside(kFarOutside)) {
    return fmt::format(
        "samples from {:.4g} to {:.4g} are taken for x, which is mostly in [-1, 1]; "
        "`input-range` LO,HI says which of them are -1 and 1",
        least, greatest);
  }
  return {};
}

}  // namespace

Source source_of(Bytes bytes, const std::string& path, const InputOptions& options) {
  const auto folder = std::filesystem::path(path).parent_path().string();
  return {base_name(path), told_path(folder), hash_of(bytes), options.range,
          options.decoding.frame};
}

Image decode_input(std::vector<std::byte> bytes, const std::string& path,
                   const InputOptions& options, MemoryLease& lease, const Afterwards& afterwards) {
  MemoryReturn spent(bytes);
  DecodeOptions decoding = options.decoding;
  decoding.passed = [&](const std::byte* here) { spent.up_to(here); };
  decoding.reserve = [&](const Footprint& image) {
    Footprint floats = image;  // that an input range makes of integers
    floats.depth = 32;
    const std::size_t mapped = options.range && image.depth != 32 ? floats.bytes() : 0;
    lease.hold(std::max(bytes.size() + image.peak(), image.bytes() + mapped + afterwards(image)));
  };
  Image image = decode_image(bytes, file_name(path), decoding);
  if (options.range) map_range(image, *options.range, file_name(path));
  if (const auto doubt = doubt_of(image, options.range); !doubt.empty()) {
    options.decoding.warn(file_name(path) + ": " + doubt);
  }
  return image;
}

Input read_input(const std::string& path, const InputOptions& options, MemoryLease& lease,
                 const Afterwards& afterwards) {
  options.decoding.run.tell({"reading"});
  auto bytes = read_image_file(path, FileKinds::pipes_too, options, lease);
  Source source = source_of(bytes, path, options);
  return {decode_input(std::move(bytes), path, options, lease, afterwards), std::move(source)};
}

std::string output_extension(const std::string& path, const OutputOptions& options) {
  std::string extension = std::filesystem::path(path).extension().string();
  if (!options.format.empty()) {
    extension = options.format.starts_with('.') ? options.format : "." + options.format;
  } else if (path == "-") {
    extension = kPng.extensions.front();
  }
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension;
}

const Codec& output_codec(const std::string& path, const OutputOptions& options) {
  const std::string extension = output_extension(path, options);
  const Codec* codec = codec_for_extension(extension);
  if (codec == nullptr) {
    const std::string known = "; known endings are " + writable_extensions();
    if (extension.empty()) {
      throw InvalidArgument(path + ": has no ending that tells its format; give one, or `format`" +
                            known);
    }
    throw InvalidArgument(path + ": no format is written as '" + extension + "'" + known);
  }
  return *codec;
}

int output_depth(int input_depth, const std::string& path, const OutputOptions& options) {
  if (options.depth != 0) return options.depth;
  const auto& depths = output_codec(path, options).depths;
  return depths.front() == 32 ? 32 : input_depth;
}

void check_format(const std::string& path, const OutputOptions& options) {
  const Codec& codec = output_codec(path, options);
  const Codec* named = codec_for_extension(std::filesystem::path(path).extension().string());
  if (named != nullptr && named != &codec) {
    throw InvalidArgument(fmt::format("{}: is named as {}, and `format` {} is {}; leave out one",
                                      path, named->name, options.format, codec.name));
  }
  if (options.depth == 0 || holds_depth(codec, options.depth)) return;
  throw InvalidArgument(
      fmt::format("{}: {} does not hold `depth` {}; {} do: choose one by the output's ending or by "
                  "`format`",
                  path, codec.name, options.depth, writable_extensions(options.depth)));
}

Findings findings_of(const Frame& frame) {
  Findings findings{.damage = frame.image.damage};
  if (frame.image.depth() != 32) {
    findings.clipped =
        static_cast<double>(frame.clipped) / static_cast<double>(frame.image.samples());
  }
  return findings;
}

OutputRules rules_of(const OutputOptions& options, FileKinds kinds, JobFiles& job) {
  return {.overwrite = options.overwrite, .kinds = kinds, .job = &job};
}

bool carries_record(const std::string& path, const OutputOptions& options) {
  return options.metadata && output_codec(path, options).record != nullptr;
}

bool write_frame(const Frame& frame, const std::string& path, const OutputOptions& options,
                 const OutputRules& rules, const std::string& record,
                 const std::vector<NamedImage>& others, const RunOptions& run) {
  EncodeOptions encoding{.extension = output_extension(path, options),
                         .layout = options.layout,
                         .compression = options.compression,
                         .name = options.tensor,
                         .texts = options.metadata,
                         .others = others,
                         .run = run};
  if (carries_record(path, options)) encoding.record = with_findings(record, findings_of(frame));
  run.tell({"writing"});
  const auto encode = [&](const Sink& sink) {
    encode_image(frame.image, output_codec(path, options), encoding, path, [&](Bytes piece) {
      throw_if(run.stop);
      sink(piece);
    });
    throw_if(run.stop);
  };
  OutputRules allowed = rules;
  std::error_code missing;
  if (options.resume && std::filesystem::is_regular_file(path, missing)) {
    // Where the record tells that it is another, the bytes need not be compared.
    if (record_of_file(path).value_or("") == encoding.record) {
      FileComparison there(path);
      encode([&](Bytes piece) { there.add(piece); });
      if (there.is_same()) return false;
    }
    allowed.overwrite = allowed.overwrite || may_replace(path);
    if (!allowed.overwrite) refuse_to_replace(path, options);
  }
  OutputFile file(path, allowed);
  encode([&](Bytes piece) { file.write(piece); });
  file.commit();
  return true;
}

void check_is_no_folder(const std::string& output) {
  std::error_code missing;
  if (std::filesystem::is_directory(output, missing)) {
    throw InvalidArgument(output + ": is a folder; name a file in it");
  }
}

void refuse_input(const std::string& output, const std::string& what, const std::string& remedy) {
  throw InvalidArgument(fmt::format("{}: is the input itself{}; {}",
                                    output == "-" ? "standard output" : output,
                                    what == output ? "" : ", " + what, remedy));
}

}  // namespace qsample
