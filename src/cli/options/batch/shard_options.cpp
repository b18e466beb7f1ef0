#include "cli/options/batch/shard_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <utility>

#include "cli/options/places.h"
#include "cli/options/values.h"
#include "pipeline/jobs/batch/glob.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

constexpr std::size_t kUsualBytes = std::size_t{1} << 30;

bool is_folder(const std::string& path) {
  std::error_code unknown;
  return std::filesystem::is_directory(path, unknown);
}

void check_globs(const std::vector<std::string>& globs, std::string_view option) {
  for (const std::string& glob : globs) {
    const auto wrong = wrong_with_glob(glob);
    if (!wrong.empty()) throw InvalidArgument(fmt::format("--{}: '{}' {}", option, glob, wrong));
  }
}

bool is_shard(const std::string& input) { return is_shard_name(input) && !is_folder(input); }

}  // namespace

void ShardOptions::add_to(CLI::App& command) {
  command
      .add_option_function<std::string>(
          "--shard-size",
          [this](const std::string& text) {
            bytes_ = parse_size(text, "--shard-size");
            if (*bytes_ == 0) throw InvalidArgument("--shard-size: a shard holds something");
          },
          "of -o noisy-%06d.tar: bytes, such as 500M, from which on a shard is full (default: 1G)")
      ->type_name("SIZE");
  add_number<std::size_t>(command, "--shard-count", samples_,
                          "likewise: samples that a shard holds at the most", 1)
      ->type_name("N");
}

bool ShardOptions::are_written(const std::string& output) {
  if (output == "-") {
    check_is_no_terminal(output);
    return true;
  }
  if (!is_shard(output)) return false;
  if (!output.ends_with(".tar")) {
    throw InvalidArgument(
        fmt::format("-o {}: shards are written as they are; name a .tar", output));
  }
  (void)has_shard_number(output);
  return true;
}

bool ShardOptions::are_read(const BatchSelection& selection) {
  const auto& inputs = selection.inputs;
  const auto is_pipe = [](const std::string& input) { return input == "-"; };
  const auto shards = std::count_if(inputs.begin(), inputs.end(), is_shard);
  const auto pipes = std::count_if(inputs.begin(), inputs.end(), is_pipe);
  const bool all = static_cast<std::size_t>(shards + pipes) == inputs.size();
  if (shards > 0 && !all) {
    const auto shard = std::find_if(inputs.begin(), inputs.end(), is_shard);
    throw InvalidArgument(*shard +
                          ": is a shard among images; a batch takes the ones or the others");
  }
  if (inputs.empty() || !all) return false;
  if (pipes > 1) throw InvalidArgument("standard input: is named twice");
  if (selection.recursive) throw InvalidArgument("--recursive is of folders; these are shards");
  if (!selection.base.empty()) throw InvalidArgument("--base is of files; these are shards");
  return true;
}

ShardJob ShardOptions::job(BatchJob images, const BatchSelection& selection) const {
  ShardJob job{.images = std::move(images), .from_shards = are_read(selection)};
  const std::string& output = job.images.output;
  const bool written = are_written(output);
  if (output == "-" && !job.from_shards) {
    throw InvalidArgument("-o -: images go to a folder; name one, or a shard, such as noisy.tar");
  }
  const auto& inputs = selection.inputs;
  if (!written && std::find(inputs.begin(), inputs.end(), "-") != inputs.end()) {
    throw InvalidArgument(
        "standard input: gives a shard in a folder no name; -o - or -o noisy-%06d.tar");
  }
  const bool is_series = written && output != "-" && has_shard_number(output);
  if (!is_series) {
    check_unused();
  } else {
    job.limits.bytes = bytes_.value_or(samples_ ? job.limits.bytes : kUsualBytes);
    if (samples_) job.limits.samples = *samples_;
  }
  if (job.from_shards) {
    check_globs(selection.include, "include");
    check_globs(selection.exclude, "exclude");
    job.include = selection.include;
    job.exclude = selection.exclude;
    for (const std::string& input : inputs) job.images.inputs.push_back({input, input});
  }
  return job;
}

void ShardOptions::check_unused() const {
  if (!bytes_ && !samples_) return;
  throw InvalidArgument(fmt::format("{} is of a series of shards, such as -o noisy-%06d.tar",
                                    bytes_ ? "--shard-size" : "--shard-count"));
}

}  // namespace qsample::cli
