#include "pipeline/frame_writer.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "io/file.h"
#include "io/image_io.h"
#include "qsample/error.h"

namespace qsample {

Source source_of(Bytes bytes, const std::string& path, const InputOptions& options) {
  return {base_name(path), hash_of(bytes), options.range};
}

Image decode_input(std::vector<std::byte> bytes, const std::string& path,
                   const InputOptions& options) {
  MemoryReturn spent(bytes);
  DecodeOptions decoding = options.decoding;
  decoding.passed = [&](const std::byte* here) { spent.up_to(here); };
  Image image = decode_image(bytes, path == "-" ? "standard input" : path, decoding);
  const Range range = options.range;
  auto* planes = std::get_if<Planes<float>>(&image.planes);
  if (planes != nullptr && !(range.low == -1 && range.high == 1)) {
    for (float& v : planes->colour) v = (v - range.low) / (range.high - range.low) * 2 - 1;
  }
  return image;
}

Input read_input(const std::string& path, const InputOptions& options) {
  auto bytes = read_file(path);
  Source source = source_of(bytes, path, options);
  return {decode_input(std::move(bytes), path, options), std::move(source)};
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
    throw InvalidArgument(path + ": no format is written as '" + extension +
                          "'; known endings are " + writable_extensions());
  }
  return *codec;
}

int output_depth(const Image& input, const std::string& path, const OutputOptions& options) {
  if (options.depth != 0) return options.depth;
  const auto& depths = output_codec(path, options).depths;
  return depths.front() == 32 ? 32 : input.depth();
}

double clipped_share(const Frame& frame) {
  return static_cast<double>(frame.clipped) / static_cast<double>(frame.image.samples());
}

bool write_frame(const Frame& frame, const std::string& path, const OutputOptions& options,
                 const std::string& record, const std::vector<NamedImage>& others) {
  EncodeOptions encoding{.extension = output_extension(path, options),
                         .layout = options.layout,
                         .compression = options.compression,
                         .name = options.tensor,
                         .texts = options.metadata,
                         .others = others};
  if (options.metadata) {
    encoding.record =
        frame.image.depth() == 32 ? record : with_clipped(record, clipped_share(frame));
  }
  OutputFile file(path, options.overwrite || options.resume);
  encode_image(frame.image, output_codec(path, options), encoding, path,
               [&](Bytes piece) { file.write(piece); });
  if (options.resume && file.is_there_already()) return false;
  file.commit();
  return true;
}

std::optional<std::string> record_of_done(const std::string& path, const std::string& record) {
  std::error_code missing;
  if (!std::filesystem::is_regular_file(path, missing)) return std::nullopt;
  try {
    const auto bytes = read_file(path);
    auto found = record_in(bytes, path);
    if (!found || without_clipped(*found) != record) return std::nullopt;
    (void)decode_image(bytes, path);  // a record alone does not say that the rest is there
    return found;
  } catch (const Error&) {
    return std::nullopt;
  }
}

void check_output(const std::string& output, const std::string& input) {
  std::error_code missing;
  if (std::filesystem::is_directory(output, missing)) {
    throw InvalidArgument(output + ": is a folder; name a file in it");
  }
  if (output != "-" && input != "-" && same_file(output, input)) {
    throw InvalidArgument(output + ": is the input itself; choose another output");
  }
}

}  // namespace qsample
