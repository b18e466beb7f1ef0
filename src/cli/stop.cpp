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
  int none = 0;
  if (stop_signal.compare_exchange_strong(none, signal)) {
    stop_requested = true;
  } else if (signal != SIGPIPE) {  // further writes to the pipe are no further wish
    ::signal(signal, SIG_DFL);
    ::raise(signal);
  }
}

}  // namespace

void catch_stop_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  // Without SA_RESTART, so that a wait for input or a lock ends as well.
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
    struct sigaction current {};
    // What the parent ignores stays ignored, as nohup wants it.
    if (::sigaction(signal, nullptr, &current) == 0 && current.sa_handler != SIG_IGN) {
      ::sigaction(signal, &action, nullptr);
    }
  }
  ::signal(SIGXFSZ, SIG_IGN);
}

Stop stop_flag() { return &stop_requested; }

int stop_status() {
  const int signal = stop_signal;
  return signal == 0 ? 0 : kSignalStatus + signal;
}

}  // namespace qsample::cli
