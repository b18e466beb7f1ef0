// Images in and out of files, whatever their format.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "image/codec.h"

namespace qsample {

/// Every format that can be read, in the order in which signatures are tried.
[[nodiscard]] std::span<const Codec* const> codecs();

/// The format that writes files with this ending ("png" or ".png", any case), or null.
[[nodiscard]] const Codec* codec_for_extension(std::string_view extension);

/// Whether files with this ending are read.
[[nodiscard]] bool is_image_extension(std::string_view extension);

/// Whether a format has samples of so many bits, 32 for floats.
[[nodiscard]] bool holds_depth(const Codec& codec, int depth);

/// The endings that can be written, or those of formats that hold `depth`, for a message:
/// ".png, .tiff, ...".
[[nodiscard]] std::string writable_extensions(int depth = 0);

/// The name of the format, if a file that begins like this is an image of one that is not read
/// though people may expect it to be; or empty.
[[nodiscard]] std::string_view foreign_format(Bytes head);

/// Whether a file that begins like this is of a known format; and throws Error, with `name`, where
/// it is not.
[[nodiscard]] bool is_image(Bytes head);
void check_is_image(Bytes head, const std::string& name);

/// How many bytes of a file that begins like this are to be read, as Codec::extent has it. Throws
/// Error, with `name`.
[[nodiscard]] std::optional<std::size_t> extent_of(Bytes begin, const std::string& name,
                                                   const DecodeOptions& options);

/// The upright image in the bytes of a file, its format told by its signature. `name` is for the
/// message of the Error thrown where they are damaged, of no known format, or too large for the
/// memory. What else options.reserve throws passes.
[[nodiscard]] Image decode_image(Bytes file, const std::string& name,
                                 const DecodeOptions& options = {});

/// Makes the file of an image. Throws Error with `name` where the format cannot hold it, and what
/// `sink` throws.
void encode_image(const Image& image, const Codec& codec, const EncodeOptions& options,
                  const std::string& name, const Sink& sink);

/// The JSON record that a file of ours carries, or nothing. The beginning of a file that holds it
/// is enough.
[[nodiscard]] std::optional<std::string> record_in(Bytes file, const std::string& name);

}  // namespace qsample
