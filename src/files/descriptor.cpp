#include "files/descriptor.h"

#include <poll.h>

#include <cerrno>
#include <system_error>

#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::chrono::milliseconds kRound{100};

}  // namespace

void fail_with(const std::string& path, int error, const std::string& remedy) {
  throw Error(path + ": " + std::generic_category().message(error) + remedy);
}

void Patience::until(int fd, short event) {
  for (;;) {
    pollfd wanted{.fd = fd, .events = event, .revents = 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>(kRound.count()));
    // What poll() itself can't do, the read or write that follows will tell.
    if (ready > 0 || (ready < 0 && errno != EINTR)) return;
    tell(ready == 0 ? kRound : std::chrono::milliseconds(0));
  }
}

void Patience::pause() {
  const bool whole = ::poll(nullptr, 0, static_cast<int>(kRound.count())) == 0;
  tell(whole ? kRound : std::chrono::milliseconds(0));
}

void Patience::tell(std::chrono::milliseconds round) {
  waited_ += round;
  if (on_wait_) {
    on_wait_(who_, waited_);
  } else if (round.count() == 0) {
    throw Error("interrupted while waiting for " + who_);
  }
}

}  // namespace qsample
