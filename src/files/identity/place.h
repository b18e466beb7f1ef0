// Which file a name stands for, there or not yet, whatever links lead to it.
#pragma once

#include <dirent.h>
#include <sys/stat.h>

#include <compare>
#include <map>
#include <optional>
#include <string>

namespace qsample {

/// What the system knows a file or folder by.
struct FileId {
  dev_t device = 0;
  ino_t inode = 0;

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 sees one in what the compiler makes.
  auto operator<=>(const FileId&) const = default;
};

/// closedir() for a unique_ptr.
struct CloseFolder {
  void operator()(DIR* entries) const { ::closedir(entries); }
};

[[nodiscard]] inline FileId id_of(const struct stat& info) { return {info.st_dev, info.st_ino}; }

/// The folder that holds the file or folder `path`; "." where its name says none.
[[nodiscard]] std::string folder_of(const std::string& path);

/// Where the symbolic links of a file's name lead, though the last may lead to nothing yet. Throws
/// Error where that can't be told.
[[nodiscard]] std::string follow_links(const std::string& path);

/// Where a file is, or would be made.
struct Place {
  FileId folder;      ///< the last one on the way that is there
  std::string below;  ///< the file's name, behind those of folders that are not there yet

  bool operator==(const Place&) const = default;
};

/// Names to places. Folders are few, and asked for once.
class PlaceFinder {
 public:
  /// Two names have one place if a file that is made by the one is found by the other. "-" is
  /// standard output. Where a link can't be read the name is taken as it is: opening it tells more.
  [[nodiscard]] Place of(const std::string& path);

 private:
  std::map<std::string, Place> folders_;
};

/// The name with the letters of ASCII small: names that differ in the case of these become one.
[[nodiscard]] std::string in_small_letters(std::string name);

/// Whether names that differ in case alone are one in the folder of the file `path`, or in the
/// nearest above it that is there. False where nothing tells: an empty folder of an unknown kind.
[[nodiscard]] bool ignores_case(const std::string& path);

}  // namespace qsample
