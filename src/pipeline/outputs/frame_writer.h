// One input file to output files: what noise, trajectory and batch share.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "files/file.h"
#include "pipeline/forward_process.h"
#include "pipeline/noise_image.h"
#include "pipeline/record/record.h"

namespace qsample {

/// An input image with where it came from.
struct Input {
  Image image;
  Source source;
};

/// A file that a job reads beside its images, and what it is: "the schedule".
struct OtherInput {
  std::string path;
  std::string what;
};

/// What a job takes beside its input image once that is decoded, in bytes.
using Afterwards = std::function<std::size_t(const Footprint& input)>;

/// What making and writing one frame takes: the frame where its depth is another, and the encoder's
/// copies.
[[nodiscard]] std::size_t frame_memory(const Footprint& input, const std::string& path,
                                       const OutputOptions& options);

/// The bytes of the file `path` ("-": standard input), which `lease` holds; no more than its format
/// needs. Throws Error, and MemoryTaken.
[[nodiscard]] std::vector<std::byte> read_image_file(const std::string& path, FileKinds kinds,
                                                     const InputOptions& options,
                                                     MemoryLease& lease);

/// What the record says of the file `path` that holds `bytes`. In a batch the path begins at the
/// input folder: a record does not depend on who makes which part.
[[nodiscard]] Source source_of(Bytes bytes, const std::string& path, const InputOptions& options);

/// Decodes the bytes of the file `path`, whose memory is given back as far as a large image is
/// decoded. With options.range its samples are mapped to floats. `lease` holds what that and the
/// rest of the job take. Warns of samples that are hardly x, and of those outside the range. Throws
/// Error, and MemoryTaken.
[[nodiscard]] Image decode_input(std::vector<std::byte> bytes, const std::string& path,
                                 const InputOptions& options, MemoryLease& lease,
                                 const Afterwards& afterwards);

/// Reads and decodes `path` ("-": standard input). Throws Error.
[[nodiscard]] Input read_input(const std::string& path, const InputOptions& options,
                               MemoryLease& lease, const Afterwards& afterwards);

/// The ending that decides the format of an output, lower case with the dot.
[[nodiscard]] std::string output_extension(const std::string& path, const OutputOptions& options);

/// The format of an output. Throws InvalidArgument where no format is written under its ending.
[[nodiscard]] const Codec& output_codec(const std::string& path, const OutputOptions& options);

/// Bits a sample of an output: those asked for, or float where the format holds nothing else, or
/// the input's.
[[nodiscard]] int output_depth(int input_depth, const std::string& path,
                               const OutputOptions& options);

/// Throws InvalidArgument where no format is written under the ending of `path`, or the format does
/// not hold the depth that was chosen.
void check_format(const std::string& path, const OutputOptions& options);

/// What is known of a frame once it is made, for its record.
[[nodiscard]] Findings findings_of(const Frame& frame);

/// What the options of a job and its other files let its outputs do, when it does not resume.
[[nodiscard]] OutputRules rules_of(const OutputOptions& options, FileKinds kinds, JobFiles& job);

/// Whether an output carries its record: its format can, and it is wanted.
[[nodiscard]] bool carries_record(const std::string& path, const OutputOptions& options);

/// Encodes `frame` and writes it whole to `path` ("-": standard output), with what was found in its
/// record. When resuming, a file of the very same bytes is left alone, and one that is none of ours
/// not replaced. Returns whether it was written. Throws Error; Interrupted, with nothing written,
/// where `run.stop` is set before the end.
bool write_frame(const Frame& frame, const std::string& path, const OutputOptions& options,
                 const OutputRules& rules, const std::string& record,
                 const std::vector<NamedImage>& others = {}, const RunOptions& run = {});

/// Throws InvalidArgument if `output` is a folder.
void check_is_no_folder(const std::string& output);

/// Throws InvalidArgument that tells of an output that is an input, which is `what`.
[[noreturn]] void refuse_input(const std::string& output, const std::string& what,
                               const std::string& remedy = "choose another output");

}  // namespace qsample
