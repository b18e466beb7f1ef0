// An input file to an image in memory.
#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "files/identity/job_files.h"
#include "files/read_file.h"
#include "pipeline/memory_budget.h"
#include "pipeline/source.h"
#include "qsample/error.h"
#include "qsample/jobs/options.h"

namespace qsample {

/// An input image with where it came from.
struct Input {
  Image image;
  Source source;
};

/// What a job takes beside its input image once that is decoded, in bytes.
using Afterwards = std::function<std::size_t(const Footprint& input)>;

/// The bytes of the file `path` ("-": standard input), which `lease` holds; no more than its format
/// needs. While it is waited for, those are told who are of options.decoding.run.outputs. Throws
/// Error, and MemoryTaken.
[[nodiscard]] std::vector<std::byte> read_image_file(const std::string& path, FileKinds kinds,
                                                     const InputOptions& options,
                                                     MemoryLease& lease);

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

/// The least and the greatest x; none at first.
struct Ends {
  double least = std::numeric_limits<double>::infinity();
  double greatest = -least;
};

/// Makes x of the samples that a file has, by the range and the latents' scale of `options`.
/// Integer images without a range stay as they are, and have no ends. Throws Error, with `name`.
Ends make_x(Image& image, const InputOptions& options, const std::string& name);

/// Warns of samples that are hardly x, and of those outside the range.
void warn_of_doubt(const Ends& ends, const InputOptions& options, const std::string& name);

/// Throws InvalidArgument that tells of an output that is an input, which is `what`.
[[noreturn]] void refuse_input(const std::string& output, const std::string& what,
                               const std::string& remedy = "choose another output");

/// Throws InvalidArgument if the one output of a job is one of the files that it reads, by whatever
/// name; `files` then know them.
void check_one_output(const std::string& output, const std::vector<OtherInput>& inputs,
                      JobFiles& files);

}  // namespace qsample
