#include "pipeline/frame_writer.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "io/file.h"
#include "io/image_io.h"
#include "qsample/error.h"

namespace qsample {
namespace {

// The ending that decides the format, lower case with the dot.
std::string deciding_extension(const std::string& path, const OutputOptions& options) {
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

}  // namespace

Input read_input(const std::string& path) {
  const auto bytes = read_file(path);
  return {decode_image(bytes, path == "-" ? "standard input" : path),
          {base_name(path), hash_of(bytes)}};
}

const Codec& output_codec(const std::string& path, const OutputOptions& options) {
  const std::string extension = deciding_extension(path, options);
  const Codec* codec = codec_for_extension(extension);
  if (codec == nullptr) {
    throw InvalidArgument(path + ": no format is written as '" + extension +
                          "'; known endings are " + writable_extensions());
  }
  return *codec;
}

void write_frame(const Image& frame, const std::string& path, const OutputOptions& options,
                 const std::string& record) {
  const Codec& codec = output_codec(path, options);
  const auto bytes = encode_image(
      frame, codec, {deciding_extension(path, options), options.metadata ? record : ""}, path);
  write_file(path, bytes, options.overwrite);
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
