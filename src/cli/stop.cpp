#include "cli/stop.h"

#include <atomic>
#include <csignal>

namespace qsample::cli {
namespace {

constexpr int kSignalStatus = 128;

std::atomic<bool> stop_requested{false};
std::atomic<int> stop_signal{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

void on_signal(int signal) {
  stop_signal = signal;
  stop_requested = true;
}

}  // namespace

void catch_stop_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  // Without SA_RESTART a read that waits for input ends as well.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction current {};
    // What the parent ignores stays ignored, as nohup wants it.
    if (::sigaction(signal, nullptr, &current) == 0 && current.sa_handler != SIG_IGN) {
      ::sigaction(signal, &action, nullptr);
    }
  }
}

Stop stop_flag() { return &stop_requested; }

int stop_status() {
  const int signal = stop_signal;
  return signal == 0 ? 0 : kSignalStatus + signal;
}

}  // namespace qsample::cli
