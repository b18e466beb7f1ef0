// The formats, and what they say of files.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "image/codec.h"

namespace qsample {

/// The format that writes files with this ending ("png" or ".png", any case), or null.
[[nodiscard]] const Codec* codec_for_extension(std::string_view extension);

/// Whether files with this ending are read.
[[nodiscard]] bool is_image_extension(std::string_view extension);

/// Whether a format has samples of so many bits, 32 for floats.
[[nodiscard]] bool holds_depth(const Codec& codec, int depth);

/// How often encoding holds an image again in memory, of the format that does so most.
[[nodiscard]] std::size_t most_encode_copies();

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

/// Throws Error, with the place, where floats hold NaN or infinity, which would spread through
/// every sample that is computed from them. The samples are those of `whole` from number `first`
/// on.
void check_finite(const Image& image, const Image& whole, std::size_t first);

/// encode_image for a format that is known.
void encode_image(const Image& image, const Codec& codec, const EncodeOptions& options,
                  const std::string& name, const Sink& sink);

}  // namespace qsample
