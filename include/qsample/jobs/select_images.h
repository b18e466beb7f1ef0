// Which images a batch takes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace qsample {

/// One image of a batch.
struct BatchInput {
  std::string path;
  /// Path below the input folder, '/' between parts: decides the seed and the output's place.
  std::string relative;
};

/// Which of several jobs this one is, whose images are told apart by file_seed(relative, 0) modulo
/// `of`: a file that is added moves no other.
struct BatchShare {
  std::uint64_t which = 1;  ///< from 1
  std::uint64_t of = 1;
};

/// Where the images of a batch come from.
struct BatchSelection {
  std::vector<std::string> inputs = {};  ///< folders, whose images are taken, and files
  bool recursive = false;                ///< also the images of sub-folders
  std::string base = {};                 ///< inputs lie below this folder; empty: files each in
                                         ///< their own, folders each apart
  std::string skip = {};                 ///< a folder to pass over, the output's
  /// Patterns, in the manner of .gitignore, of paths as BatchInput::relative has them: what none of
  /// `include` holds is left out, unless there are none, and so is what one of `exclude` holds.
  std::vector<std::string> include = {};
  std::vector<std::string> exclude = {};
  BatchShare share = {};
};

/// Something in a folder that is not taken.
struct PassedOver {
  std::string path;
  std::string kind;  ///< "GIF file", "linked folder", "text file", ...; with an s for several
  bool expected;     ///< people know that it is no input: a text, or a sub-folder without -r
};
using OnPassedOver = std::function<void(const PassedOver& item)>;

struct SelectedImages {
  std::vector<BatchInput> images = {};
  std::vector<std::string> failures = {};   ///< messages, of folders that cannot be listed
  std::vector<std::string> empty = {};      ///< inputs that are folders and hold no image
  std::size_t not_entered = 0;              ///< sub-folders, where they are not asked for
  std::size_t left_out = 0;                 ///< files and folders, by patterns
  std::size_t of_others = 0;                ///< images of the other shares
  std::vector<std::string> unmatched = {};  ///< patterns that match nothing that was looked at
};

/// The images in order: inputs as given, folders sorted by byte. In folders, hidden files and
/// folders, links to folders and what is no regular file are passed over, and so is what neither
/// begins nor ends (in its name) as an image of a known format does; a file that is named is always
/// taken, unless a pattern leaves it out. Throws InvalidArgument for an input that is not below
/// `base`, and for what is no pattern. Takes the selection over: a list of a million paths should
/// not be held twice.
[[nodiscard]] SelectedImages select_images(BatchSelection selection,
                                           const OnPassedOver& on_passed_over = {});

}  // namespace qsample
