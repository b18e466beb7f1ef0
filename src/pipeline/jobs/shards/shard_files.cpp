#include "pipeline/jobs/shards/shard_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <optional>
#include <string_view>

#include "files/identity/place.h"
#include "files/read_file.h"
#include "pipeline/input.h"
#include "pipeline/source.h"
#include "qsample/error.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEndings[] = {".tar",    ".tar.gz", ".tgz",     ".tar.bz2",
                                         ".tar.xz", ".txz",    ".tar.zst", ".tar.lz4"};

// The ending of a shard's name; empty where it has none.
std::string_view ending_of(std::string_view name) {
  std::string_view longest;
  for (const std::string_view ending : kEndings) {
    if (name.ends_with(ending) && ending.size() > longest.size()) longest = ending;
  }
  return longest;
}

// "%06d" in a name.
struct Field {
  std::size_t at;
  std::size_t size;
  std::size_t digits;
};

std::optional<Field> field_of(const std::string& name) {
  const auto at = name.find('%');
  if (at == std::string::npos) return std::nullopt;
  const auto refuse = [&] {
    throw InvalidArgument(name + ": one field such as %06d numbers shards, in the name itself; " +
                          "no other % may stand in it");
  };
  std::size_t digits = 0;
  const char* end = name.data() + name.size();
  const auto [behind, error] = std::from_chars(name.data() + at + 1, end, digits);
  const bool is_field = error == std::errc() && name[at + 1] == '0' && digits > 0 && digits < 20 &&
                        behind != end && *behind == 'd';
  if (!is_field || name.find('%', at + 1) != std::string::npos ||
      name.find('/', at) != std::string::npos) {
    refuse();
  }
  return Field{at, static_cast<std::size_t>(behind - name.data()) + 1 - at, digits};
}

// The number of a name of a series; nothing where it is none of it.
std::optional<std::size_t> number_in(const std::string& series, const std::string& name) {
  const Field field = *field_of(series);
  const auto before = std::string_view(series).substr(0, field.at);
  const auto behind = std::string_view(series).substr(field.at + field.size);
  if (name.size() < before.size() + field.digits + behind.size()) return std::nullopt;
  if (!name.starts_with(before) || !name.ends_with(behind)) return std::nullopt;
  const auto digits =
      std::string_view(name).substr(before.size(), name.size() - before.size() - behind.size());
  if (digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::size_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (numbered_shard(series, number) != name) return std::nullopt;
  return number;
}

}  // namespace

bool is_shard_name(std::string_view name) {
  const auto ending = ending_of(name);
  return !ending.empty() && ending.size() < name.size() &&
         name[name.size() - ending.size() - 1] != '/';
}

bool has_shard_number(const std::string& name) { return field_of(name).has_value(); }

ShardForm form_of(const ShardJob& job) {
  const std::string& output = job.images.output;
  if (output == "-" || !is_shard_name(output)) {
    return output == "-" ? ShardForm::single : ShardForm::folder;
  }
  return has_shard_number(output) ? ShardForm::series : ShardForm::single;
}

std::string numbered_shard(const std::string& name, std::size_t number) {
  if (name == "-") return name;
  const auto field = field_of(name);
  if (!field) return name;
  return name.substr(0, field->at) + fmt::format("{:0{}}", number, field->digits) +
         name.substr(field->at + field->size);
}

std::string mirrored_shard(const ShardJob& job, const std::string& shard) {
  const std::string name = base_name(shard);
  const auto stem = name.substr(0, name.size() - ending_of(name).size());
  return (fs::path(job.images.output) / (stem + ".tar")).string();
}

void check_shard_files(const ShardJob& job, JobFiles& files) {
  const BatchJob& images = job.images;
  const std::size_t count = images.inputs.size();
  const ShardForm form = form_of(job);
  const auto output = [&](std::size_t number) {
    return form == ShardForm::folder ? mirrored_shard(job, images.inputs[number - count].path)
                                     : images.output;
  };
  const auto name = [&](std::size_t number) {
    if (number < count) return images.inputs[number].path;
    if (number < 2 * count) return output(number);
    return number == 2 * count ? images.manifest : images.other_inputs[number - 2 * count - 1].path;
  };
  for (std::size_t i = 0; i < count; ++i) files.will_read(images.inputs[i].path, i);
  if (form == ShardForm::folder) {
    for (std::size_t i = 0; i < count; ++i) files.will_write(output(count + i), count + i);
  } else if (form == ShardForm::single && images.output != "-") {
    files.will_write(images.output, count);
  } else if (form == ShardForm::series) {
    for (const BatchInput& input : images.inputs) {
      const std::string folder = folder_of(images.output);
      std::error_code unknown;
      if (fs::equivalent(folder, folder_of(input.path), unknown) &&
          number_in(base_name(images.output), base_name(input.path))) {
        refuse_input(input.path, input.path);
      }
    }
  }
  if (!images.manifest.empty()) files.will_write(images.manifest, 2 * count);
  for (std::size_t i = 0; i < images.other_inputs.size(); ++i) {
    files.will_read(images.other_inputs[i].path, 2 * count + 1 + i);
  }
  const auto clash = files.find_clash(name);
  if (!clash) return;
  const std::string what = name(clash->output);
  if (clash->with_input) {
    refuse_input(what, clash->other < count
                           ? name(clash->other)
                           : images.other_inputs[clash->other - 2 * count - 1].what);
  }
  if (clash->output == 2 * count) {
    throw InvalidArgument(what + ": is an output; choose another manifest");
  }
  throw InvalidArgument(
      fmt::format("{}: two shards would write it, {} and {}; give one of them "
                  "alone",
                  what, name(clash->other - count), name(clash->output - count)));
}

std::vector<std::string> shards_there(const std::string& series, std::size_t first) {
  std::map<std::size_t, std::string> there;
  const std::string folder = folder_of(series);
  std::error_code unknown;
  for (fs::directory_iterator it(folder, unknown), end; !unknown && it != end;
       it.increment(unknown)) {
    const auto number = number_in(base_name(series), it->path().filename().string());
    if (number && *number >= first) there[*number] = numbered_shard(series, *number);
  }
  std::vector<std::string> names;
  names.reserve(there.size());
  for (auto& [number, name] : there) names.push_back(std::move(name));
  return names;
}

}  // namespace qsample
