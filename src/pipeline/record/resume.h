// Files that stand where outputs go: which of them are done, and which may be replaced.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "pipeline/forward_process.h"
#include "qsample/error.h"

namespace qsample {

/// Thrown for a file in an output's place that may not be replaced.
class ExistsAlready : public Error {
 public:
  using Error::Error;
};

/// The record of the file `path`, whole or cut short, where it carries one of qsample's. Throws
/// Error for what cannot be read.
[[nodiscard]] std::optional<std::string> record_of_file(const std::string& path);

/// Told how many bytes a look at a file takes in memory, before it does; throws what ends it.
using Hold = std::function<void(std::size_t bytes)>;

/// When resuming: the record of the file `path`, if it says that the file was made as `record`
/// tells and the file is whole: then it need not be made again. Nothing where it is to be made, or
/// carries no record because of its format or `options`: then its bytes tell, see may_replace.
/// Throws ExistsAlready for a file without a record of qsample's, unless it may be overwritten.
/// `decoding` is how the input is read, which limits the output too.
[[nodiscard]] std::optional<std::string> record_of_done(const std::string& path,
                                                        const std::string& record,
                                                        const OutputOptions& options,
                                                        const DecodeOptions& decoding,
                                                        const Hold& hold = {});

/// When resuming: whether the file `path`, which is not the one to be written, may be replaced by
/// it: one that carries a record of qsample's, or nothing at all.
[[nodiscard]] bool may_replace(const std::string& path);

/// Throws ExistsAlready for a file that may not.
[[noreturn]] void refuse_to_replace(const std::string& path, const OutputOptions& options);

}  // namespace qsample
