#include "cli/stop.h"

#include <semaphore.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace qsample::cli {
namespace {

constexpr int kSignalStatus = 128;
constexpr long kGrace = 300'000'000;  // nanoseconds
constexpr std::chrono::milliseconds kTellOfWait{1000};
constexpr long kSecond = 1'000'000'000;

std::atomic<bool> stop_requested{false};
std::atomic<int> stop_signal{0};
std::atomic<int> signals{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

// Raised by each signal. Of what a signal handler may do, this wakes another thread.
sem_t wake;

void on_signal(int signal) {
  int none = 0;
  const bool is_first = stop_signal.compare_exchange_strong(none, signal);
  // Further writes to a pipe that is gone are no further wish.
  if (!is_first && signal == SIGPIPE) return;
  stop_requested = true;
  // Two are for the watch to see; who sends a third has waited for it in vain.
  constexpr int kSeen = 2;
  if (++signals <= kSeen) {
    ::sem_post(&wake);
  } else {
    ::signal(signal, SIG_DFL);
    ::raise(signal);
  }
}

struct LastWords {
  std::mutex mutex;
  Console console;
  std::function<std::string()> words;
};

// Never destroyed: the watch may outlast main().
LastWords& last_words() {
  static auto& all = *new LastWords;  // NOLINT(cppcoreguidelines-owning-memory)
  return all;
}

// Waits for a signal, and for a while for the work to end; then ends the process in its stead.
void watch() {
  while (::sem_wait(&wake) != 0 && errno == EINTR) {
  }
  timespec until{};
  ::clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec += (until.tv_nsec + kGrace) / kSecond;
  until.tv_nsec = (until.tv_nsec + kGrace) % kSecond;
  while (::sem_clockwait(&wake, CLOCK_MONOTONIC, &until) != 0 && errno == EINTR) {
  }
  outputs().abandon();
  say_last_words();
  ::_exit(stop_status());
}

// A thread that no signal disturbs, so that one ends what the main thread waits for.
void start_watch() {
  ::sem_init(&wake, 0, 0);
  sigset_t all{};
  sigset_t before{};
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    std::thread(watch).detach();
  } catch (const std::system_error&) {
    // The system lets us have no more threads: then a stop is felt where work looks for it.
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace

void catch_stop_signals(const Console& console) {
  last_words().console = console;
  start_watch();
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

Outputs& outputs() {
  const auto on_wait = [](const std::string& who, std::chrono::milliseconds waited) {
    throw_if(stop_flag());
    const std::scoped_lock lock(last_words().mutex);
    const Console& console = last_words().console;
    if (waited == kTellOfWait && (console.verbose || console.draws())) {
      console.inform("waiting for " + who);
    }
  };
  static auto& all = *new Outputs(on_wait);  // NOLINT(cppcoreguidelines-owning-memory)
  return all;
}

RunOptions run_options(int workers, Progress progress) {
  return {.workers = workers,
          .stop = stop_flag(),
          .progress = std::move(progress),
          .outputs = &outputs()};
}

Stop stop_flag() { return &stop_requested; }

int stop_status() {
  const int signal = stop_signal;
  return signal == 0 ? 0 : kSignalStatus + signal;
}

void set_last_words(std::function<std::string()> words) {
  const std::scoped_lock lock(last_words().mutex);
  last_words().words = std::move(words);
}

void say_last_words() {
  const std::scoped_lock lock(last_words().mutex);
  const auto words = std::exchange(last_words().words, nullptr);
  if (words && stop_signal != SIGPIPE) last_words().console.error(words());
}

}  // namespace qsample::cli
