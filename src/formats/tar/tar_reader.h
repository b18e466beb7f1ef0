// Tar archives in, of every dialect (ustar, GNU, pax), compressed or not.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "qsample/bytes.h"

namespace qsample {

/// A member of an archive, before its bytes.
struct TarMember {
  std::string name;
  std::size_t size = 0;
  std::string other_kind = {};  ///< what it is where it is no file: "a symbolic link"
};

class TarReader {
 public:
  TarReader() = default;
  TarReader(const TarReader&) = delete;
  TarReader& operator=(const TarReader&) = delete;
  virtual ~TarReader() = default;

  /// The next member that is no folder, whether the last one was read or not; nothing at the end.
  /// Throws Error, without a name, for what is damaged or ends too early.
  [[nodiscard]] virtual std::optional<TarMember> next() = 0;
  /// The bytes of that member, once. Throws Error likewise.
  [[nodiscard]] virtual std::vector<std::byte> read() = 0;
};

/// Gives the bytes of an archive, piece by piece, each until the next call; none at the end. What
/// it throws passes.
using NextPiece = std::function<Bytes()>;

/// Reads an archive as it comes. Throws Error where the module that reads them can't be loaded.
[[nodiscard]] std::unique_ptr<TarReader> read_tar(NextPiece next);

/// What the module provides.
struct TarModule {
  std::unique_ptr<TarReader> (*read)(NextPiece next);
};

}  // namespace qsample
