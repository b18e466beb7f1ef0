// Files that stand where outputs go: which of them are done, and which may be replaced.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "pipeline/destination.h"

namespace qsample {

/// The record of the file `path`, whole or cut short, where it carries one of qsample's. Throws
/// Error for what cannot be read.
[[nodiscard]] std::optional<std::string> record_of_file(const std::string& path);

/// When resuming: the record of the output's file, if it says that the file was made as `record`
/// tells and the file is whole: then it need not be made again. Nothing where it is to be made, or
/// carries no record because of its format or its options: then its bytes tell.
/// Throws ExistsAlready for a file without a record of qsample's, unless it may be overwritten.
/// `decoding` is how the input is read, which limits the output too; `hold` is told how many bytes
/// the look takes in memory, before it does, and throws what ends it.
[[nodiscard]] std::optional<std::string> record_of_done(
    const Destination& output, const std::string& record, const DecodeOptions& decoding,
    const std::function<void(std::size_t bytes)>& hold = {});

/// Whether there is a regular file. Throws Error where that can't be told.
[[nodiscard]] bool is_regular_file(const std::string& path);

/// When resuming: a file that is empty, or that carries a record of qsample's, may be replaced.
[[nodiscard]] bool is_empty_file(const std::string& path);

/// Throws ExistsAlready for one that may not.
[[noreturn]] void refuse_to_replace(const Destination& output);

}  // namespace qsample
