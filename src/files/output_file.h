// Whole files out: they appear whole or not at all.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <optional>
#include <string>

#include "files/descriptor.h"
#include "files/outputs.h"
#include "files/read_file.h"
#include "qsample/bytes.h"
#include "qsample/error.h"

namespace qsample {

/// Thrown for a file in an output's place that may not be replaced.
class ExistsAlready : public Error {
 public:
  using Error::Error;
};

/// "cat.png: exists already" with `more` behind it, and what may be done.
[[nodiscard]] std::string exists_already(const std::string& path, const std::string& more = {},
                                         const std::string& remedy = "`overwrite` replaces it");

/// What an output may do to what is there.
struct OutputRules {
  bool overwrite = false;                  ///< replace a regular file; else that is an Error
  FileKinds kinds = FileKinds::pipes_too;  ///< write to pipes, and devices, as well
};

/// A file that is written piece by piece and appears at its place, whole, when it is committed.
/// Until then it has a temporary name beside that place, and without a commit nothing remains. "-"
/// is standard output; it, devices and pipes are written to directly. Symbolic links are followed,
/// once: a file goes to the folder that they led to at first. One that is replaced leaves its
/// permissions to the new one, and stays as it is until the commit. None that the run reads, or has
/// written, is replaced.
class OutputFile {
 public:
  /// `outputs` outlives it.
  OutputFile(std::string path, const OutputRules& rules, Outputs& outputs);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  void write(Bytes bytes);
  /// Writes at a place of a file that is not written to directly; all of it is to be written in the
  /// end.
  void write_at(std::size_t place, Bytes bytes);
  /// Of the temporary file, for another program that writes it in our stead before the commit. Not
  /// of what is written to directly.
  [[nodiscard]] int descriptor() const { return file_.get(); }
  /// Syncs, resting from its turn meanwhile where the file is small, then renames. Throws Error
  /// where that fails; the file's place is then as it was.
  void commit();

 private:
  void check_kind(mode_t mode) const;
  void open_directly();
  void open_folder();
  void open_temporary();
  void sync() const;
  void take_place();
  void prepare_to_replace();
  [[nodiscard]] bool put_in_place() const;
  [[noreturn]] void fail(int error) const;

  void write_back();

  std::string path_;
  OutputRules rules_;
  Outputs& outputs_;
  std::string folder_name_;
  Descriptor folder_;      // none: written to directly
  std::string name_;       // in the folder
  std::string temporary_;  // name there until the commit; empty: none
  FileId id_;
  std::optional<struct stat> old_;  // the file that is replaced
  bool may_block_ = false;
  off_t written_ = 0;
  off_t sent_ = 0;  // of those, to the disk
  Descriptor file_;
  Patience patience_;
};

}  // namespace qsample
