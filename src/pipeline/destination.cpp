#include "pipeline/destination.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/remedy.h"
#include "files/identity/place.h"
#include "files/output_file.h"
#include "image/image_io.h"
#include "pipeline/source.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::string_view kDefaultExtension = ".png";

std::string extension_of(const std::string& path, const OutputOptions& options) {
  const bool named = options.format.empty() && path != "-";
  return lower_extension(named ? path : "image" + default_extension(options));
}

const Codec& codec_of(const std::string& path, const std::string& extension) {
  if (const Codec* codec = codec_for_extension(extension)) return *codec;
  const std::string known = "; known endings are " + writable_extensions();
  if (extension.empty()) {
    throw InvalidArgument(path + ": has no ending that tells its format; give one, or `format`" +
                          known);
  }
  throw InvalidArgument(path + ": no format is written as '" + extension + "'" + known);
}

void check_dtype(const std::string& path, const Codec& codec, const OutputOptions& options) {
  if (!options.dtype) return;
  const auto name = dtype_name(*options.dtype);
  if (options.depth != 0) {
    throw InvalidArgument(fmt::format("`dtype` {} says the depth too; leave out `depth`", name));
  }
  if (std::find(codec.dtypes.begin(), codec.dtypes.end(), *options.dtype) == codec.dtypes.end()) {
    throw InvalidArgument(
        fmt::format("{}: {} does not hold `dtype` {}; {} does", path, codec.name, name,
                    *options.dtype == Dtype::bfloat16 ? ".safetensors" : ".npy or .safetensors"));
  }
}

}  // namespace

std::string default_extension(const OutputOptions& options) {
  if (options.format.empty()) return std::string(kDefaultExtension);
  return options.format.starts_with('.') ? options.format : "." + options.format;
}

Destination resolve(std::string path, const OutputOptions& options) {
  std::string extension = extension_of(path, options);
  const Codec& codec = codec_of(path, extension);
  const Codec* named = codec_for_extension(std::filesystem::path(path).extension().string());
  if (named != nullptr && named != &codec) {
    throw InvalidArgument(fmt::format("{}: is named as {}, and `format` {} is {}; leave out one",
                                      path, named->name, options.format, codec.name));
  }
  if (options.depth != 0 && !holds_depth(codec, options.depth)) {
    throw InvalidArgument(
        fmt::format("{}: {} does not hold `depth` {}; {} do: choose one by the output's ending or "
                    "by `format`",
                    path, codec.name, options.depth, writable_extensions(options.depth)));
  }
  check_dtype(path, codec, options);
  return {std::move(path), &codec, std::move(extension), options};
}

Destination Destination::at(std::string other) const {
  return {std::move(other), codec, extension, options};
}

int Destination::depth(int input_depth) const {
  if (options.depth != 0) return options.depth;
  if (options.dtype) return options.dtype == Dtype::float64 ? 64 : 32;
  if (holds_depth(*codec, input_depth)) return input_depth;
  return codec->depths.front() == 32 || input_depth == 64 ? 32 : input_depth;
}

std::string_view Destination::format() const {
  return codec == &kPng ? std::string_view() : codec->extensions.front().substr(1);
}

bool Destination::carries_record() const { return options.metadata && codec->record != nullptr; }

std::size_t Destination::memory(const Footprint& input) const {
  Footprint frame = input;
  frame.depth = depth(input.depth);
  const auto copies = static_cast<std::size_t>(codec->encode_copies);
  return (frame.depth == input.depth ? 0 : frame.bytes()) + copies * frame.bytes();
}

void check_place(const std::string& output, bool overwrite, FileKinds kinds) {
  struct stat info {};
  if (output == "-") return;
  if (::stat(output.c_str(), &info) == 0) {
    if (S_ISREG(info.st_mode) && !overwrite) throw Error(exists_already(output));
    const auto other = other_kind(info.st_mode, kinds);
    if (!other.empty()) throw Error(output + ": is " + other + ", not a file");
  }
  const std::string folder = folder_of(output);
  if (::stat(folder.c_str(), &info) != 0 && errno == ENOENT) {
    const std::string remedy = remedy_for_output(output);
    throw Error(output + ": there is no folder " + folder +
                (remedy.empty() ? "; make it first" : remedy));
  }
}

void check_is_no_folder(const std::string& output) {
  std::error_code missing;
  if (std::filesystem::is_directory(output, missing)) {
    throw InvalidArgument(output + ": is a folder; name a file in it");
  }
}

}  // namespace qsample
