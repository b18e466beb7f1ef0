#include "cli/progress.h"

#include <fmt/format.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <system_error>

namespace qsample::cli {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kUndrawn = 1s;
constexpr auto kFirstLine = 10s;
constexpr auto kNextLine = 30s;
constexpr auto kRound = 100ms;
constexpr std::size_t kBarWidth = 24;
constexpr std::size_t kBarFrame = 4;  // its brackets and a blank, and the last column

std::string clock_time(double seconds) {
  const long s = std::lround(seconds);
  if (s >= 3600) return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
  return fmt::format("{}:{:02}", s / 60, s % 60);
}

double seconds_between(ProgressReport::Time a, ProgressReport::Time b) {
  return std::chrono::duration<double>(b - a).count();
}

}  // namespace

void ProgressReport::set(const Headway& headway, Time now) {
  if (headway.counted != headway_.counted) {
    began_ = last_ = now;
    making_ = {};
    headway_ = {headway.counted, 0, headway.total};
  }
  // Threads may be told of in another order than they came.
  if (headway.done <= headway_.done) return;
  const bool made = headway.done - headway.unmade > headway_.done - headway_.unmade;
  if (made) making_ += now - last_;
  last_ = now;
  headway_ = headway;
}

std::string ProgressReport::text(Time now) const {
  if (headway_.counted.empty()) return {};
  const auto elapsed = clock_time(seconds_between(began_, now));
  if (headway_.total == 0) {
    return headway_.done == 0 ? fmt::format("{}, {}", headway_.counted, elapsed)
                              : fmt::format("{} {}, {}", headway_.done, headway_.counted, elapsed);
  }
  const auto count = fmt::format("{}/{} {}", headway_.done, headway_.total, headway_.counted);
  const std::size_t made = headway_.done - headway_.unmade;
  if (made == 0 || making_.count() <= 0) return fmt::format("{}, {}", count, elapsed);
  const double rate = static_cast<double>(made) / making_.count();
  const double left = static_cast<double>(headway_.total - headway_.done) / rate;
  return rate < 100 ? fmt::format("{}, {:.3g}/s, {} left", count, rate, clock_time(left))
                    : fmt::format("{}, {:.0f}/s, {} left", count, rate, clock_time(left));
}

std::string ProgressReport::bar(Time now, std::size_t columns) const {
  if (now - start_ < kUndrawn) return {};
  const auto said = text(now);
  // What is longer than the line would go on to the next, and stay there.
  const std::size_t taken = said.size() + kBarFrame;
  if (headway_.total == 0 || columns <= taken) return said.substr(0, columns - 1);
  const std::size_t width = std::min(kBarWidth, columns - taken);
  const std::size_t filled = headway_.done * width / headway_.total;
  return fmt::format("[{:#<{}}{:.<{}}] {}", "", filled, "", width - filled, said);
}

std::string ProgressReport::log(Time now) {
  const bool is_first = said_ == start_;
  if (now - said_ < (is_first ? Clock::duration(kFirstLine) : Clock::duration(kNextLine)))
    return {};
  said_ = now;
  return text(now);
}

ProgressDisplay::ProgressDisplay(const Console& console, bool logs)
    : console_(console), report_(Clock::now()) {
  if (!console.draws() && (!logs || console.quiet)) return;
  try {
    thread_ = std::jthread([this](const std::stop_token& stop) { show(stop); });
  } catch (const std::system_error&) {
    // The system lets us have no more threads; the job is what matters.
  }
}

ProgressDisplay::~ProgressDisplay() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
  if (console_.draws()) console_.draw("");
}

void ProgressDisplay::set(const Headway& headway) {
  if (!thread_.joinable()) return;
  const std::scoped_lock lock(mutex_);
  report_.set(headway, Clock::now());
}

void ProgressDisplay::show(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  const bool draws = console_.draws();
  while (!ending_.wait_for(lock, stop, kRound, [&] { return stop.stop_requested(); })) {
    const auto now = Clock::now();
    const auto line =
        draws ? report_.bar(now, terminal_size(STDERR_FILENO).columns) : report_.log(now);
    if (line.empty()) continue;
    if (draws) {
      console_.draw(line);
    } else {
      console_.inform(line);
    }
  }
}

}  // namespace qsample::cli
