#include "cli/console.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>

#include "base/text/utf8.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

constexpr int kRed = 31;
constexpr int kYellow = 33;
constexpr int kNoColour = 0;

bool is_dumb_terminal() {
  const char* term = std::getenv("TERM");
  return term == nullptr || std::string_view(term) == "dumb";
}

// Writes lines, and draws one below them that the next call takes away. What can't be said must not
// stop the work.
void put(std::string_view lines, std::string_view drawn) {
  static std::mutex mutex;
  static bool is_drawn = false;
  const std::scoped_lock lock(mutex);
  const auto text = fmt::format("{}{}{}", is_drawn ? "\r\x1b[K" : "", lines, drawn);
  is_drawn = !drawn.empty();
  (void)std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto [code, size] = first_character(text.substr(at));
    for (const char c : text.substr(at, size)) {
      out += is_shown(code) ? std::string(1, c)
                            : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
    at += size;
  }
  return out;
}

void print(std::string_view data) {
  if (std::fwrite(data.data(), 1, data.size(), stdout) != data.size() || std::fflush(stdout) != 0) {
    throw Error("standard output: " + std::generic_category().message(errno));
  }
}

std::string Console::with_options(std::string_view message) const {
  std::string out;
  for (;;) {
    const auto begin = message.find('`');
    const auto end = begin == std::string_view::npos ? begin : message.find('`', begin + 1);
    if (end == std::string_view::npos) return out.append(message);
    out += message.substr(0, begin);
    const auto name = message.substr(begin + 1, end - begin - 1);
    const bool known = parameters.contains(name);
    out += known ? fmt::format("--{}", name) : std::string(message.substr(begin, end - begin));
    message.remove_prefix(known ? end + 1 : end);
  }
}

bool Console::colours(int descriptor) const {
  if (colour != Colour::automatic) return colour == Colour::always;
  const char* no_colour = std::getenv("NO_COLOR");
  const bool allowed = no_colour == nullptr || *no_colour == '\0';
  return allowed && ::isatty(descriptor) != 0 && !is_dumb_terminal();
}

void Console::say(std::string_view label, int ansi_colour, std::string_view message) const {
  const bool coloured = ansi_colour != kNoColour && colours(STDERR_FILENO);
  const std::string text = printable(with_options(message));
  // One call, so that lines of several threads do not mix.
  put(coloured ? fmt::format("\x1b[1;{}m{}\x1b[0m{}\n", ansi_colour, label, text)
               : fmt::format("{}{}\n", label, text),
      "");
}

void Console::error(std::string_view message) const { say("qsample: ", kRed, message); }

void Console::warn(std::string_view message) const {
  if (!quiet) say("qsample: warning: ", kYellow, message);
}

void Console::inform(std::string_view message) const {
  if (!quiet) say("qsample: ", kNoColour, message);
}

void Console::note(std::string_view message) const {
  if (verbose) say("qsample: ", kNoColour, message);
}

bool Console::draws() const {
  return !quiet && ::isatty(STDERR_FILENO) != 0 && !is_dumb_terminal();
}

void Console::draw(std::string_view line) const { put("", line); }

CharacterGrid terminal_size(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col <= 1 || size.ws_row <= 1)
    return {};
  const auto each = [](int pixels, int characters) {
    return static_cast<std::size_t>(pixels / characters);
  };
  return {size.ws_col, size.ws_row, each(size.ws_xpixel, size.ws_col),
          each(size.ws_ypixel, size.ws_row)};
}

bool shows_unicode() {
  // In the order in which they count. Where nothing is said, as in many a container, a terminal of
  // today is taken for granted.
  for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(variable);
    if (value == nullptr || *value == '\0') continue;
    const std::string_view locale = value;
    return locale.find("UTF-8") != std::string_view::npos ||
           locale.find("utf8") != std::string_view::npos ||
           locale.find("utf-8") != std::string_view::npos;
  }
  return true;
}

}  // namespace qsample::cli
