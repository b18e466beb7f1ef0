#include "qsample/jobs/select_images.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "base/seed/file_seed.h"
#include "files/read_file.h"
#include "image/image_io.h"
#include "pipeline/jobs/batch/glob.h"
#include "pipeline/source.h"
#include "qsample/error.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHead = 128;  // enough for every signature
constexpr std::string_view kTemporaryStart = ".qsample-";

// Endings of cameras' raw files that begin as a TIFF does, with a preview for its image.
constexpr std::array<std::string_view, 17> kRaw = {".3fr", ".arw", ".cr2", ".dcr", ".dng", ".erf",
                                                   ".fff", ".iiq", ".kdc", ".mef", ".mos", ".nef",
                                                   ".nrw", ".pef", ".rwl", ".sr2", ".srw"};

enum class Entry { file, folder, linked_folder, special };

Entry entry_of(const fs::directory_entry& entry) {
  std::error_code unknown;
  if (entry.is_regular_file(unknown)) return Entry::file;
  if (entry.is_directory(unknown)) {
    return entry.is_symlink(unknown) ? Entry::linked_folder : Entry::folder;
  }
  // What can't be looked at is taken for a file, and the reading tells more.
  return entry.is_other(unknown) ? Entry::special : Entry::file;
}

bool is_text(Bytes head) {
  return std::all_of(head.begin(), head.end(), [](std::byte b) {
    return b >= std::byte{' '} ? b != std::byte{0x7F}
                               : b >= std::byte{'\t'} && b <= std::byte{'\r'};
  });
}

// What a file in a folder is called that is not taken; nothing for one that is.
std::optional<std::string> other_kind(const fs::path& path) {
  const std::string extension = lower_extension(path.filename().string());
  if (is_image_extension(extension)) return std::nullopt;
  try {
    const auto head = read_head(path.string(), kHead);
    const bool raw =
        kTiff.sniff(head) && std::find(kRaw.begin(), kRaw.end(), extension) != kRaw.end();
    if (raw) return "camera raw file";
    if (is_image(head)) return std::nullopt;
    const std::string name(foreign_format(head));
    if (!name.empty()) return name + " file";
    return is_text(head) ? "text file" : "other file";
  } catch (const Error&) {
    return "unreadable file";
  }
}

// The patterns that choose among what is found.
class Patterns {
 public:
  explicit Patterns(const BatchSelection& selection)
      : include_(used(selection.include, "include")),
        exclude_(used(selection.exclude, "exclude")) {}

  // Whether a file is to be taken, or a folder to be gone through. Every pattern is asked, for
  // those that match nothing to be told.
  bool leave(const std::string& relative, bool is_folder) {
    const bool in = is_folder || include_.empty() || any(include_, relative, false);
    const bool out = any(exclude_, relative, is_folder);
    return in && !out;
  }

  [[nodiscard]] std::vector<std::string> unmatched() const {
    std::vector<std::string> names;
    for (const auto& patterns : {include_, exclude_}) {
      for (const Pattern& pattern : patterns) {
        if (!pattern.has_matched) names.push_back(pattern.option + " " + pattern.text);
      }
    }
    return names;
  }

 private:
  struct Pattern {
    std::string option;
    std::string text;
    bool has_matched = false;
  };

  static std::vector<Pattern> used(const std::vector<std::string>& texts, const std::string& name) {
    const std::string option = "`" + name + "`";
    std::vector<Pattern> patterns;
    for (const std::string& text : texts) {
      if (const auto wrong = wrong_with_glob(text); !wrong.empty()) {
        throw InvalidArgument(fmt::format("{}: '{}' {}", option, text, wrong));
      }
      patterns.push_back({option, text});
    }
    return patterns;
  }

  static bool any(std::vector<Pattern>& patterns, const std::string& relative, bool is_folder) {
    bool found = false;
    for (Pattern& pattern : patterns) {
      if (is_folder ? glob_matches(pattern.text, relative, true)
                    : glob_holds(pattern.text, relative)) {
        found = pattern.has_matched = true;
      }
    }
    return found;
  }

  std::vector<Pattern> include_;
  std::vector<Pattern> exclude_;
};

// Goes through folders.
class Walk {
 public:
  Walk(const BatchSelection& selection, Patterns& patterns, const OnPassedOver& on_passed_over,
       SelectedImages& selected)
      : selection_(selection),
        patterns_(patterns),
        on_passed_over_(on_passed_over),
        selected_(selected) {}

  // Adds the images of a folder, sorted by byte, those of each sub-folder in its place. The names
  // of the outputs begin with `prefix`.
  void add(const fs::path& folder, const std::string& prefix) {
    for (const auto& [name, kind] : entries_of(folder)) {
      const fs::path path = folder / name;
      if (name.starts_with('.')) {
        pass_hidden(path, kind);
      } else if (!patterns_.leave(prefix + name, kind == Entry::folder)) {
        ++selected_.left_out;
      } else if (kind == Entry::file) {
        add_file(path, prefix + name);
      } else if (kind == Entry::folder) {
        add_folder(path, prefix + name + "/");
      } else {
        const bool is_link = kind == Entry::linked_folder;
        pass(path, is_link ? "linked folder" : "special file", is_link && !selection_.recursive);
      }
    }
  }

 private:
  std::map<std::string, Entry> entries_of(const fs::path& folder) {
    std::map<std::string, Entry> entries;
    std::error_code error;
    fs::directory_iterator it(folder, error);
    while (error == std::errc::interrupted) it = fs::directory_iterator(folder, error);
    for (const fs::directory_iterator end; !error && it != end; it.increment(error)) {
      entries[it->path().filename().string()] = entry_of(*it);
    }
    if (error) {
      selected_.failures.push_back(folder.string() +
                                   ": cannot list this folder: " + error.message());
    }
    return entries;
  }

  void add_file(const fs::path& path, std::string relative) {
    const auto kind = other_kind(path);
    if (!kind) {
      selected_.images.push_back({path.string(), std::move(relative)});
    } else {
      pass(path, *kind, *kind == "text file");
    }
  }

  void add_folder(const fs::path& path, const std::string& prefix) {
    std::error_code missing;
    if (!selection_.skip.empty() && fs::equivalent(path, selection_.skip, missing)) return;
    if (selection_.recursive) {
      add(path, prefix);
    } else {
      ++selected_.not_entered;
      pass(path, "sub-folder", true);
    }
  }

  void pass_hidden(const fs::path& path, Entry kind) {
    if (kind == Entry::folder) {
      pass(path, "hidden folder", !selection_.recursive);
    } else if (!path.filename().string().starts_with(kTemporaryStart)) {
      const bool image = kind == Entry::file && !other_kind(path);
      pass(path, image ? "hidden image" : "hidden file", !image);
    }
  }

  void pass(const fs::path& path, const std::string& kind, bool expected) {
    if (on_passed_over_) on_passed_over_({path.string(), kind, expected});
  }

  const BatchSelection& selection_;
  Patterns& patterns_;
  const OnPassedOver& on_passed_over_;
  SelectedImages& selected_;
};

// Paths below a folder.
class Base {
 public:
  explicit Base(const std::string& folder) : folder_(folder), absolute_(absolute_of(folder)) {
    std::error_code unknown;
    place_ = fs::weakly_canonical(absolute_, unknown);
  }

  // By its name; where that does not tell, by the place that its folder has.
  std::string relative(const std::string& path) {
    const fs::path absolute = absolute_of(path);
    auto relative = absolute.lexically_relative(absolute_);
    if (!is_below(relative)) {
      const auto [known, is_new] = places_.try_emplace(absolute.parent_path().string());
      std::error_code unknown;
      if (is_new) known->second = fs::weakly_canonical(absolute.parent_path(), unknown);
      relative = (known->second / absolute.filename()).lexically_relative(place_);
    }
    if (!is_below(relative)) throw InvalidArgument(path + ": is not below the folder " + folder_);
    return relative.generic_string();
  }

 private:
  // Without a slash at its end.
  static fs::path absolute_of(const std::string& path) {
    std::error_code unknown;
    const fs::path absolute = fs::absolute(path, unknown).lexically_normal();
    return absolute.has_filename() ? absolute : absolute.parent_path();
  }

  static bool is_below(const fs::path& relative) {
    return !relative.empty() && *relative.begin() != "..";
  }

  std::string folder_;
  fs::path absolute_;
  fs::path place_;
  std::map<std::string, fs::path> places_;  // of folders, which are few
};

void keep_share(const BatchShare& share, SelectedImages& selected) {
  if (share.of == 1) return;
  selected.of_others = std::erase_if(selected.images, [&](const BatchInput& image) {
    return file_seed(image.relative, 0) % share.of != share.which - 1;
  });
}

}  // namespace

SelectedImages select_images(BatchSelection selection, const OnPassedOver& on_passed_over) {
  SelectedImages selected;
  Patterns patterns(selection);
  Walk walk(selection, patterns, on_passed_over, selected);
  std::optional<Base> base;
  if (!selection.base.empty()) base.emplace(selection.base);
  for (auto& input : selection.inputs) {
    std::error_code error;
    if (fs::is_directory(input, error)) {
      const std::string below = base ? base->relative(input) : ".";
      const auto found = [&] { return selected.images.size() + selected.failures.size(); };
      const std::size_t before = found();
      walk.add(input, below == "." ? "" : below + "/");
      if (found() == before) selected.empty.push_back(input);
    } else {
      auto relative = base ? base->relative(input) : base_name(input);
      if (!patterns.leave(relative, false)) {
        ++selected.left_out;
        continue;
      }
      selected.images.push_back({std::move(input), std::move(relative)});
    }
  }
  selected.unmatched = patterns.unmatched();
  keep_share(selection.share, selected);
  return selected;
}

}  // namespace qsample
