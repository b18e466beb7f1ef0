#include "pipeline/jobs/batch/batch_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "files/output_file.h"
#include "pipeline/destination.h"
#include "pipeline/input.h"
#include "pipeline/jobs/saved/saved_targets.h"
#include "pipeline/outputs/manifest.h"
#include "pipeline/source.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

// The files of a batch, numbered: the images, their outputs, what is saved beside them, the
// manifest, the other inputs.
class Numbers {
 public:
  Numbers(const BatchJob& job, const Units& units) : job_(job), units_(units) {
    for (const SavedBeside& saved : job.saved) {
      if (saved.folder.empty()) continue;
      apart_.push_back({&saved, false});
      if (saved.target->has_scalings) apart_.push_back({&saved, true});
    }
  }

  [[nodiscard]] std::size_t outputs() const { return job_.inputs.size(); }
  [[nodiscard]] std::size_t manifest() const {
    return outputs() + units_.size() * (1 + apart_.size());
  }
  [[nodiscard]] std::size_t other(std::size_t i) const { return manifest() + 1 + i; }

  [[nodiscard]] std::string name(std::size_t number) const {
    if (number < outputs()) return job_.inputs[number].path;
    if (number < manifest()) return output(number);
    return number == manifest() ? job_.manifest : job_.other_inputs[number - other(0)].path;
  }
  /// The image of an output.
  [[nodiscard]] const BatchInput& image(std::size_t number) const {
    return units_.input((number - outputs()) % units_.size());
  }
  /// What an input is, for a person.
  [[nodiscard]] std::string part(std::size_t input) const {
    return input < manifest() ? name(input) : job_.other_inputs[input - other(0)].what;
  }

 private:
  struct Apart {
    const SavedBeside* saved;
    bool sidecar;
  };

  [[nodiscard]] std::string output(std::size_t number) const {
    const std::size_t unit = (number - outputs()) % units_.size();
    const std::size_t kind = (number - outputs()) / units_.size();
    if (kind == 0) return units_.path(unit);
    const auto [saved, sidecar] = apart_[kind - 1];
    const std::string path = units_.saved_path(unit, *saved);
    return sidecar ? sidecar_of(path) : path;
  }

  const BatchJob& job_;
  const Units& units_;
  std::vector<Apart> apart_;
};

// How two inputs of one output can both be made.
std::string remedy(const BatchJob& job, const BatchInput& first, const BatchInput& second) {
  if (first.path == second.path) return "; it is named twice";
  if (first.relative == second.relative) {
    return "; `base` names the folder above both, below which outputs mirror the paths";
  }
  if (!job.name.empty()) return "; {stem} in `name` tells them apart";
  const auto name = base_name(first.relative) + default_extension(job.options);
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
  if (&first == &second) {
    throw InvalidArgument(name + ": two outputs of " + first.path +
                          " would be written to it; give `save` a folder of its own");
  }
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

void check_files(const BatchJob& job, const Units& units, JobFiles& files) {
  const Numbers numbers(job, units);
  for (std::size_t i = 0; i < job.inputs.size(); ++i) files.will_read(job.inputs[i].path, i);
  for (std::size_t i = numbers.outputs(); i < numbers.manifest(); ++i) {
    files.will_write(numbers.name(i), i);
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

InTheWay::InTheWay(const BatchJob& job, const Units& units, const OnFailure& on_failure)
    : units_(units), on_failure_(on_failure) {
  if (job.options.resume || job.options.overwrite) return;
  existing_.resize(units.size());
  for (std::size_t i = 0; i < existing_.size(); ++i) {
    std::error_code unknown;
    existing_[i] = fs::exists(units.path(i), unknown);
  }
  const auto first = std::find(existing_.begin(), existing_.end(), true);
  if (first == existing_.end()) return;
  first_ = static_cast<std::size_t>(first - existing_.begin());
  const auto others = std::count(first + 1, existing_.end(), true);
  on_failure_(in_the_way(units.path(first_), others), false);
}

std::string InTheWay::message(std::size_t number) const {
  return in_the_way(units_.path(number), 0);
}

void InTheWay::add(std::size_t number, const std::string& message) {
  if (is_known(number)) {
    if (number != first_) on_failure_(message, true);
  } else {
    on_failure_(message, found_++ > 0);
  }
}

}  // namespace qsample
