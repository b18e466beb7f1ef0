// What NumPy's .npz needs of zip archives.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace qsample {

/// The members of a zip archive, in the order of their places. Its functions throw Error for what
/// is damaged.
class ZipReader {
 public:
  ZipReader() = default;
  ZipReader(const ZipReader&) = delete;
  ZipReader& operator=(const ZipReader&) = delete;
  virtual ~ZipReader() = default;

  /// The name of the next member, or none behind the last.
  virtual std::optional<std::string> next() = 0;
  /// Appends the next bytes of that member, inflated, to `bytes`, until these are `size`, or fewer
  /// where it ends; then its checksum was right.
  virtual void read_up_to(std::size_t size, std::vector<std::byte>& bytes) = 0;
};

/// What the module that reads them provides. The bytes outlive the reader.
struct ZipModule {
  std::unique_ptr<ZipReader> (*read)(Bytes file);
};

}  // namespace qsample
