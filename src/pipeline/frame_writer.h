// One input file to output files: what noise, trajectory and batch share.
#pragma once

#include <cstdint>
#include <string>

#include "pipeline/recipe.h"

namespace qsample {

/// An input image with where it came from.
struct Input {
  Image image;
  Source source;
};

/// Reads and decodes `path` ("-": standard input). Throws Error.
[[nodiscard]] Input read_input(const std::string& path);

/// The format of an output: that of its ending, or of options.format. Throws InvalidArgument where
/// there is none, and for a lossy one that was not asked for by name.
[[nodiscard]] const Codec& output_codec(const std::string& path, const OutputOptions& options);

/// Encodes `frame` and writes it whole to `path` ("-": standard output). Throws Error.
void write_frame(const Image& frame, const std::string& path, const OutputOptions& options,
                 const std::string& record);

/// Throws InvalidArgument if `output` is the file `input` itself, or a folder.
void check_output(const std::string& output, const std::string& input);

}  // namespace qsample
