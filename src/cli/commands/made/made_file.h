// A file that qsample made, and what it says of itself.
#pragma once

#include <optional>
#include <string>

namespace qsample::cli {

/// The record of an image or a film; "-": of an image from standard input. Nothing where it carries
/// none. Throws Error for what can't be read.
[[nodiscard]] std::optional<std::string> record_of_made(const std::string& file);

/// The same of what must carry one. Throws Error where it does not.
[[nodiscard]] std::string required_record_of(const std::string& file);

/// Whether it is taken for a shard: by its name.
[[nodiscard]] bool is_shard_file(const std::string& file);

}  // namespace qsample::cli
