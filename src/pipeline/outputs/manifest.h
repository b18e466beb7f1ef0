// The manifest of a batch: a line of JSON an output.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/in_order.h"
#include "files/output_file.h"
#include "qsample/error.h"

namespace qsample {

/// What became of one output.
struct Outcome {
  enum class Status { not_begun, written, kept, failed };
  Status status = Status::not_begun;
  std::string error = {};   ///< the whole message
  std::string record = {};  ///< of the output
  bool in_the_way = false;  ///< it failed because an output is there that may not be replaced
};

/// A key, and a path from the manifest's folder.
using FileName = std::pair<std::string, std::string>;

/// The key of what is saved beside an image: "eps_file_name".
[[nodiscard]] std::string file_name_key(std::string_view kind);

/// The line of an output. It says what is there, not which run has made it: an image that was kept
/// has the line that it had when it was written. Names are bytes and JSON is Unicode: a name that
/// is not UTF-8 has its bytes in hexadecimal under "input-hex" or "output-hex". `file_names` are
/// what datasets of Hugging Face look for, "file_name" and those of what is saved beside it; an
/// image that is not there has none.
[[nodiscard]] std::string manifest_line(const std::string& input, const std::string& output,
                                        const std::vector<FileName>& file_names,
                                        const Outcome& outcome);

/// The path of `folder` from the folder of the manifest, whatever links lead to either. Throws
/// Error where one of them can't be found out.
[[nodiscard]] std::string path_from_manifest(const std::string& manifest,
                                             const std::string& folder);

/// Whether the file begins as a manifest does.
[[nodiscard]] bool is_manifest(const std::string& path);

/// Lines come in any order and are written in that of their numbers, 0, 1, ..., as soon as they
/// can.
class Manifest {
 public:
  Manifest(const std::string& path, const OutputRules& rules, Outputs& outputs)
      : file_(path, rules, outputs) {}

  /// Errors are kept for commit(): a manifest that can't be written stops no image.
  void add(std::size_t number, std::string line);
  /// Puts the file in its place. Throws Error where this, or what was written before, failed.
  void commit();

 private:
  void write();

  OutputFile file_;
  InOrder<std::string> lines_;
  std::string text_;  // lines to write
  std::optional<Error> failure_;
};

}  // namespace qsample
