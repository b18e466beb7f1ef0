// One input file to output files: what noise, trajectory and batch share.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/noise_image.h"
#include "pipeline/recipe.h"

namespace qsample {

/// An input image with where it came from.
struct Input {
  Image image;
  Source source;
};

/// Decodes the bytes of the file `path`; `range` says what is -1 and 1 of a float image. Throws
/// Error.
[[nodiscard]] Input decode_input(Bytes bytes, const std::string& path, Range range);

/// Reads and decodes `path` ("-": standard input). Throws Error.
[[nodiscard]] Input read_input(const std::string& path, Range range);

/// The ending that decides the format of an output, lower case with the dot.
[[nodiscard]] std::string output_extension(const std::string& path, const OutputOptions& options);

/// The format of an output. Throws InvalidArgument where no format is written under its ending.
[[nodiscard]] const Codec& output_codec(const std::string& path, const OutputOptions& options);

/// Bits a sample of an output: those asked for, or float where the format holds nothing else, or
/// the input's.
[[nodiscard]] int output_depth(const Image& input, const std::string& path,
                               const OutputOptions& options);

/// Encodes `frame` and writes it whole to `path` ("-": standard output), with how many samples were
/// clipped in its record. Throws Error.
void write_frame(const Frame& frame, const std::string& path, const OutputOptions& options,
                 const std::string& record, const std::vector<NamedImage>& others = {});

/// The share of a frame's samples that were clipped.
[[nodiscard]] double clipped_share(const Frame& frame);

/// Throws InvalidArgument if `output` is the file `input` itself, or a folder.
void check_output(const std::string& output, const std::string& input);

}  // namespace qsample
