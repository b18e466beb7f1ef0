#include "cli/options/noise/saved_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/options/places.h"
#include "cli/options/shared_options.h"
#include "image/image_io.h"
#include "pipeline/destination.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

// "eps=DIR", or "eps" for what goes into the file of x_t.
SavedBeside parse_saved(const std::string& text) {
  const auto equals = std::min(text.find('='), text.size());
  const Target& target = target_of(std::string_view(text).substr(0, equals), "=DIR");
  if (equals + 1 == text.size()) {
    throw InvalidArgument(fmt::format("--save: '{}' names no folder", text));
  }
  SavedBeside saved{&target};
  if (equals == text.size()) return saved;
  saved.folder = text.substr(equals + 1);
  check_is_folder(saved.folder, "its files", fmt::format("--save {}=", target.name));
  return saved;
}

}  // namespace

void SavedOptions::add_to(CLI::App& command, const std::string& without_folder) {
  add_save_option(command, kinds_, "KIND[=DIR]",
                  "a file for each in DIR; without =DIR " + without_folder);
  command
      .add_option("--save-format", format_,
                  "format of the files of what is saved, by its ending (default: npy)")
      ->type_name("EXT");
  add_sigma_data_option(command, sigma_data_);
}

std::vector<SavedBeside> SavedOptions::saved() const {
  auto all = parsed();
  check_used(all, "--save KIND=DIR", "--save edm=DIR and edm-input=DIR");
  return all;
}

std::vector<SavedBeside> SavedOptions::saved_in_shards(const OutputOptions& options) const {
  auto all = parsed();
  const bool holds_many = resolve("image" + default_extension(options), options).codec->holds_many;
  for (SavedBeside& saved : all) {
    saved.is_member = saved.folder.empty() && (!holds_many || saved.target->has_scalings);
  }
  check_used(all, "what is a member of its own, not in the .safetensors of x_t",
             "--save edm and edm-input");
  return all;
}

std::vector<SavedBeside> SavedOptions::parsed() const {
  std::vector<SavedBeside> all;
  for (const std::string& text : kinds_) {
    SavedBeside saved = parse_saved(text);
    if (!format_.empty()) saved.extension = default_extension({.format = format_});
    all.push_back(std::move(saved));
  }
  return all;
}

void SavedOptions::check_used(const std::vector<SavedBeside>& all, std::string_view of_format,
                              std::string_view of_sigma) const {
  const auto is_apart = [](const SavedBeside& saved) { return !saved.is_inside(); };
  const auto has_scalings = [](const SavedBeside& saved) { return saved.target->has_scalings; };
  if (!format_.empty() && std::none_of(all.begin(), all.end(), is_apart)) {
    throw InvalidArgument(fmt::format("--save-format is of {}", of_format));
  }
  if (sigma_data_ && std::none_of(all.begin(), all.end(), has_scalings)) {
    throw InvalidArgument(fmt::format("--sigma-data is of {}", of_sigma));
  }
}

}  // namespace qsample::cli
