// Where frames go, and as what: resolved once, before anything is read, then carried.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "files/read_file.h"
#include "image/codec.h"
#include "qsample/jobs/options.h"

namespace qsample {

/// The ending of outputs whose names do not say one, with the dot: that of `options.format`, or
/// ".png".
[[nodiscard]] std::string default_extension(const OutputOptions& options);

/// An output: its place, its format, and what it may do to what is there. One that was resolved can
/// be written, as far as names and options tell.
struct Destination {
  std::string path;       ///< "-": standard output
  const Codec* codec;     ///< never null
  std::string extension;  ///< that decides the format, lower case with the dot
  OutputOptions options;

  /// Another place, of a name with the same ending.
  [[nodiscard]] Destination at(std::string other) const;

  /// Bits a sample: those asked for, or float where the format holds nothing else, or the input's.
  [[nodiscard]] int depth(int input_depth) const;

  /// What its record calls its format, "tiff"; empty for PNG.
  [[nodiscard]] std::string_view format() const;

  /// Whether it carries its record: the format can, and it is wanted.
  [[nodiscard]] bool carries_record() const;

  /// What making and writing one frame takes in bytes: the frame where its depth is another, and
  /// the encoder's copies.
  [[nodiscard]] std::size_t memory(const Footprint& input) const;
};

/// The output `path`. Throws InvalidArgument where no format is written under its ending, its name
/// says another format than options.format, or the format does not hold the depth that was chosen.
[[nodiscard]] Destination resolve(std::string path, const OutputOptions& options);

/// Throws Error for an output that can't come to be: it is there and may not be replaced, is none
/// of `kinds`, or its folder is missing.
void check_place(const std::string& output, bool overwrite, FileKinds kinds = FileKinds::pipes_too);

/// Throws InvalidArgument if `output` is a folder.
void check_is_no_folder(const std::string& output);

}  // namespace qsample
