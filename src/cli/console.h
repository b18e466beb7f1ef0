// What is said to people: on standard error, one line each.
#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace qsample::cli {

/// Writes data to standard output; throws Error where it cannot be.
void print(std::string_view data);

/// The text with its bytes that are not UTF-8, that terminals obey (line breaks, too) or that show
/// text otherwise than it is (turned round, or not at all) written as \x and two digits: names may
/// hold them.
[[nodiscard]] std::string printable(std::string_view text);

class Console {
 public:
  enum class Colour { automatic, always, never };

  bool quiet = false;
  bool verbose = false;
  Colour colour = Colour::automatic;
  /// Parameters that are options of the command: a message that has one of them between backticks,
  /// as Error::what() does, is shown with the option, `overwrite` as --overwrite.
  std::set<std::string, std::less<>> parameters = {};

  [[nodiscard]] std::string with_options(std::string_view message) const;

  /// "qsample: message".
  void error(std::string_view message) const;
  /// "qsample: warning: message", unless quiet.
  void warn(std::string_view message) const;
  /// "qsample: message", unless quiet.
  void inform(std::string_view message) const;
  /// "qsample: message", if verbose.
  void note(std::string_view message) const;
  /// True if what is written to a descriptor may be coloured: it is a terminal and NO_COLOR is not
  /// set, unless --color says otherwise.
  [[nodiscard]] bool colours(int descriptor) const;
  /// True if standard error is a terminal that may be drawn on.
  [[nodiscard]] bool draws() const;
  /// Draws a line there until the next is drawn or something is said; an empty one takes it away.
  void draw(std::string_view line) const;

 private:
  void say(std::string_view label, int ansi_colour, std::string_view message) const;
};

/// Of a terminal, in characters, and of one of them in pixels; 0 where it does not tell.
struct CharacterGrid {
  std::size_t columns = 80;
  std::size_t rows = 24;
  std::size_t cell_width = 0;
  std::size_t cell_height = 0;
};

/// Of the terminal that a descriptor is; 80 by 24 where it is none.
[[nodiscard]] CharacterGrid terminal_size(int descriptor);

/// False where the locale says that text is not in UTF-8.
[[nodiscard]] bool shows_unicode();

}  // namespace qsample::cli
