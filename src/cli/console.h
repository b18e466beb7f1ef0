// What is said to people: on standard error, one line each.
#pragma once

#include <chrono>
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

  /// "qsample: message".
  void error(std::string_view message) const;
  /// "qsample: warning: message", unless quiet.
  void warn(std::string_view message) const;
  /// "qsample: message", unless quiet.
  void inform(std::string_view message) const;
  /// "qsample: message", if verbose.
  void note(std::string_view message) const;
  /// True if standard error is a terminal that may be drawn on.
  [[nodiscard]] bool draws() const;

 private:
  void say(std::string_view label, int ansi_colour, std::string_view message) const;
};

/// A line that shows how far a long job is, with its rate and the time left. It appears after a
/// second, on a terminal only, and is gone at the end.
class ProgressBar {
 public:
  explicit ProgressBar(const Console& console) : console_(console) {}
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar() { clear(); }

  void update(std::size_t done, std::size_t total);
  /// Takes the line away, to print something else; the next update draws it again.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  const Console& console_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point drawn_at_ = start_;
  bool drawn_ = false;
};

}  // namespace qsample::cli
