#include "cli/console.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <system_error>

#include "qsample/error.h"

namespace qsample::cli {
namespace {

constexpr int kRed = 31;
constexpr int kYellow = 33;
constexpr int kNoColour = 0;
constexpr std::size_t kBarWidth = 24;
constexpr std::size_t kBarFrame = 4;  // its brackets and a blank, and the last column

bool is_dumb_terminal() {
  const char* term = std::getenv("TERM");
  return term == nullptr || std::string_view(term) == "dumb";
}

std::size_t terminal_columns() {
  winsize size{};
  constexpr std::size_t kUsual = 80;
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : kUsual;
}

std::string clock_time(double seconds) {
  const long s = std::lround(seconds);
  if (s >= 3600) return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
  return fmt::format("{}:{:02}", s / 60, s % 60);
}

// What can't be said must not stop the work.
void put(const std::string& text) {
  (void)std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < ' ' || byte == 0x7f ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
  }
  return out;
}

void print(std::string_view data) {
  if (std::fwrite(data.data(), 1, data.size(), stdout) != data.size() || std::fflush(stdout) != 0) {
    throw Error("standard output: " + std::generic_category().message(errno));
  }
}

void Console::say(std::string_view label, int ansi_colour, std::string_view message) const {
  const char* no_colour = std::getenv("NO_COLOR");
  const bool allowed = no_colour == nullptr || *no_colour == '\0';
  const bool coloured =
      ansi_colour != kNoColour &&
      (colour == Colour::always || (colour == Colour::automatic && allowed &&
                                    ::isatty(STDERR_FILENO) != 0 && !is_dumb_terminal()));
  // One call, so that lines of several threads do not mix.
  put(coloured ? fmt::format("\x1b[1;{}m{}\x1b[0m{}\n", ansi_colour, label, printable(message))
               : fmt::format("{}{}\n", label, printable(message)));
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

void ProgressBar::update(std::size_t done, std::size_t total) {
  using namespace std::chrono_literals;
  const auto now = Clock::now();
  if (!console_.draws() || now - start_ < 1s || now - drawn_at_ < 100ms) return;
  drawn_at_ = now;
  drawn_ = true;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const double rate = static_cast<double>(done) / seconds;
  const double left = done == 0 ? 0 : static_cast<double>(total - done) / rate;
  const auto text = fmt::format("{}/{}  {:.3g}/s  {} left", done, total, rate, clock_time(left));
  // What is longer than the line would go on to the next, and stay there.
  const std::size_t columns = terminal_columns();
  const std::size_t taken = text.size() + kBarFrame;
  const std::size_t width = columns > taken ? std::min(kBarWidth, columns - taken) : 0;
  const std::size_t filled = done * width / total;
  const auto bar = fmt::format("[{:#<{}}{:.<{}}] ", "", filled, "", width - filled);
  put("\r\x1b[K" + (width > 0 ? bar + text : text.substr(0, columns - 1)));
}

void ProgressBar::clear() {
  if (drawn_) put("\r\x1b[K");
  drawn_ = false;
}

}  // namespace qsample::cli
