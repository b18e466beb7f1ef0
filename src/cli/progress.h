// How far a long job is, for people to see.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>

#include "cli/console.h"
#include "qsample/run.h"

namespace qsample::cli {

/// What is shown when, told the time.
class ProgressReport {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit ProgressReport(Time start) : began_(start), last_(start), said_(start), start_(start) {}

  void set(const Headway& headway, Time now);

  /// "120/1000 frames, 35/s, 0:25 left": a rate counts what was made, in the time that it took.
  [[nodiscard]] std::string text(Time now) const;

  /// The line to draw: a bar of at most `columns` characters, or nothing in the first second.
  [[nodiscard]] std::string bar(Time now, std::size_t columns) const;

  /// The line to log: first after ten seconds, then every half minute; otherwise nothing.
  [[nodiscard]] std::string log(Time now);

 private:
  Headway headway_;
  Time began_;  // to count this
  Time last_;   // change of the count
  Time said_;   // a line
  Time start_;
  std::chrono::duration<double> making_{0};
};

/// Shows it while a job runs: a bar on a terminal, gone at the end, else, if `logs`, a line now and
/// then; nothing where the console is quiet.
class ProgressDisplay {
 public:
  ProgressDisplay(const Console& console, bool logs);
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;
  ~ProgressDisplay();

  /// By any thread.
  void set(const Headway& headway);

 private:
  void show(const std::stop_token& stop);

  const Console& console_;
  std::mutex mutex_;
  std::condition_variable_any ending_;
  ProgressReport report_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace qsample::cli
