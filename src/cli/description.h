// A record in words.
#pragma once

#include <string>

namespace qsample::cli {

/// What `record`, the JSON text that a file of ours carries, says: a line for each of its parts,
/// and the command that makes the file again. Throws Error for what is no record.
[[nodiscard]] std::string description_of(const std::string& record);

}  // namespace qsample::cli
