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
  const Target& target = target_of(text.substr(0, equals), "=DIR");
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

void SavedOptions::add_to(CLI::App& command) {
  add_save_option(command, kinds_, "KIND[=DIR]",
                  "a file for each in DIR; without =DIR into the .safetensors of x_t");
  command
      .add_option("--save-format", format_,
                  "format of what is saved in folders, by its ending (default: npy)")
      ->type_name("EXT");
  add_sigma_data_option(command, sigma_data_);
}

std::vector<SavedBeside> SavedOptions::saved() const {
  std::vector<SavedBeside> all;
  bool has_scalings = false;
  bool has_files = false;
  for (const std::string& text : kinds_) {
    SavedBeside saved = parse_saved(text);
    if (!format_.empty()) saved.extension = default_extension({.format = format_});
    has_files = has_files || !saved.folder.empty();
    has_scalings = has_scalings || saved.target->has_scalings;
    all.push_back(std::move(saved));
  }
  if (!format_.empty() && !has_files) {
    throw InvalidArgument("--save-format is of --save KIND=DIR");
  }
  if (sigma_data_ && !has_scalings) {
    throw InvalidArgument("--sigma-data is of --save edm=DIR and edm-input=DIR");
  }
  return all;
}

}  // namespace qsample::cli
