#include "pipeline/jobs/batch/batch_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "files/output_file.h"
#include "pipeline/destination.h"
#include "pipeline/input.h"
#include "pipeline/outputs/manifest.h"
#include "pipeline/source.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

// The files of a batch, numbered: the images, their outputs, the manifest, the other inputs.
class Numbers {
 public:
  explicit Numbers(const BatchJob& job) : job_(job) {}

  [[nodiscard]] std::size_t output(std::size_t image) const { return job_.inputs.size() + image; }
  [[nodiscard]] std::size_t manifest() const { return 2 * job_.inputs.size(); }
  [[nodiscard]] std::size_t other(std::size_t i) const { return manifest() + 1 + i; }

  [[nodiscard]] std::string name(std::size_t number) const {
    if (number < output(0)) return job_.inputs[number].path;
    if (number < manifest()) return output_of(job_, image(number));
    return number == manifest() ? job_.manifest : job_.other_inputs[number - other(0)].path;
  }
  /// The image of an output.
  [[nodiscard]] const BatchInput& image(std::size_t output) const {
    return job_.inputs[output - job_.inputs.size()];
  }
  /// What an input is, for a person.
  [[nodiscard]] std::string part(std::size_t input) const {
    return input < manifest() ? name(input) : job_.other_inputs[input - other(0)].what;
  }

 private:
  const BatchJob& job_;
};

// How two inputs of one output can both be made.
std::string remedy(const BatchJob& job, const BatchInput& first, const BatchInput& second) {
  if (first.path == second.path) return "; it is named twice";
  if (first.relative == second.relative) {
    return "; `base` names the folder above both, below which outputs mirror the paths";
  }
  BatchJob keeping = job;
  keeping.inputs.clear();
  keeping.keep_ending = true;
  const auto name = base_name(output_of(keeping, first));
  return job.keep_ending ? "" : fmt::format("; `keep-ending` keeps them apart, as {}", name);
}

[[noreturn]] void refuse(const BatchJob& job, const Numbers& numbers,
                         const JobFiles::Clash& clash) {
  const std::string name = numbers.name(clash.output);
  const bool manifest = clash.output == numbers.manifest();
  if (clash.with_input) {
    refuse_input(name, numbers.part(clash.other),
                 manifest ? "choose another manifest" : "choose another folder");
  }
  const std::string other = numbers.name(clash.other);
  const BatchInput& first = numbers.image(clash.other);
  if (manifest) {
    throw InvalidArgument(
        fmt::format("{}: is the output of {}; choose another manifest", name, first.path));
  }
  const BatchInput& second = numbers.image(clash.output);
  if (name == other) {
    throw InvalidArgument(fmt::format("{}: two inputs would write it, {} and {}{}", name,
                                      first.path, second.path, remedy(job, first, second)));
  }
  throw InvalidArgument(
      fmt::format("{}: is the file {} too, which would be written twice, for {} and {}", name,
                  other, first.path, second.path));
}

std::string in_the_way(const std::string& output, std::ptrdiff_t others) {
  const std::string more = others == 0   ? ""
                           : others == 1 ? ", and so does another output"
                                         : fmt::format(", and so do {} other outputs", others);
  return exists_already(
      output, more, "`overwrite` replaces what exists, `resume` keeps what was made in this way");
}

}  // namespace

std::string output_name(const BatchJob& job, const BatchInput& input) {
  const std::string extension = default_extension(job.options);
  fs::path name = input.relative;
  if (job.keep_ending) {
    name += extension;
  } else {
    name.replace_extension(extension);
  }
  return name.string();
}

std::string output_of(const BatchJob& job, const BatchInput& input) {
  return (fs::path(job.output) / output_name(job, input)).string();
}

void check_files(const BatchJob& job, JobFiles& files) {
  const Numbers numbers(job);
  for (std::size_t i = 0; i < job.inputs.size(); ++i) {
    files.will_read(job.inputs[i].path, i);
    files.will_write(output_of(job, job.inputs[i]), numbers.output(i));
  }
  if (!job.manifest.empty()) files.will_write(job.manifest, numbers.manifest());
  for (std::size_t i = 0; i < job.other_inputs.size(); ++i) {
    files.will_read(job.other_inputs[i].path, numbers.other(i));
  }
  const auto clash = files.find_clash([&](std::size_t number) { return numbers.name(number); });
  if (clash) refuse(job, numbers, *clash);
}

void check_manifest(const BatchJob& job) {
  std::error_code unknown;
  if (job.options.overwrite || !fs::is_regular_file(job.manifest, unknown)) return;
  if (!job.options.resume) throw Error(exists_already(job.manifest));
  if (fs::file_size(job.manifest, unknown) > 0 && !is_manifest(job.manifest)) {
    throw Error(exists_already(job.manifest, " and is not a manifest"));
  }
}

InTheWay::InTheWay(const BatchJob& job, const OnFailure& on_failure)
    : job_(job), on_failure_(on_failure) {
  if (job.options.resume || job.options.overwrite) return;
  existing_.resize(job.inputs.size());
  for (std::size_t i = 0; i < existing_.size(); ++i) {
    std::error_code unknown;
    existing_[i] = fs::exists(output_of(job, job.inputs[i]), unknown);
  }
  const auto first = std::find(existing_.begin(), existing_.end(), true);
  if (first == existing_.end()) return;
  first_ = static_cast<std::size_t>(first - existing_.begin());
  const auto others = std::count(first + 1, existing_.end(), true);
  on_failure_(in_the_way(output_of(job, job.inputs[first_]), others), false);
}

std::string InTheWay::message(std::size_t number) const {
  return in_the_way(output_of(job_, job_.inputs[number]), 0);
}

void InTheWay::add(std::size_t number, const std::string& message) {
  if (is_known(number)) {
    if (number != first_) on_failure_(message, true);
  } else {
    on_failure_(message, found_++ > 0);
  }
}

}  // namespace qsample
