#include "files/child/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <string_view>
#include <system_error>
#include <thread>

#include "qsample/error.h"

namespace qsample {
namespace {

constexpr int kRound = 50;  // milliseconds
constexpr std::chrono::milliseconds kNap{5};
constexpr int kFirstCopy = 16;
constexpr std::size_t kMostWords = 4096;
constexpr std::size_t kToldWords = 300;

std::string reason(int error) { return std::generic_category().message(error); }

// What a program is started with, freed with it.
class SpawnPlan {
 public:
  SpawnPlan() {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawnattr_init(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  void lend(int fd, int as) { ::posix_spawn_file_actions_adddup2(&files_, fd, as); }
  void discard(int fd) {
    ::posix_spawn_file_actions_addopen(&files_, fd, "/dev/null", O_WRONLY, 0);
  }
  // A group of its own, which a terminal's Ctrl-C does not reach, and no signal held back.
  void set_apart() {
    sigset_t none{};
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  }

  // Its process; throws Error.
  [[nodiscard]] pid_t start(const std::vector<std::string>& words) const {
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_t process = -1;
    const int error = ::posix_spawnp(&process, words.front().c_str(), &files_, &attributes_,
                                     arguments.data(), environ);
    if (error == 0) return process;
    throw Error("cannot start " + words.front() + ": " + reason(error));
  }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

// A socket at both ends: unlike a pipe, it can be written to without a signal where nobody reads.
void make_pair(Descriptor& ours, Descriptor& theirs) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw Error("cannot make a pipe: " + reason(errno));
  }
  ours.reset(ends[0]);
  theirs.reset(ends[1]);
}

// The last of the lines, in one: "a; b".
std::string in_one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (c == '\n') {
      if (!line.empty() && !line.ends_with("; ")) line += "; ";
    } else {
      line += c == '\r' || c == '\t' ? ' ' : c;
    }
  }
  if (line.ends_with("; ")) line.resize(line.size() - 2);
  return line.size() <= kToldWords ? line : "..." + line.substr(line.size() - kToldWords);
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& words, std::span<const LentFile> lent) {
  Descriptor their_input;
  Descriptor their_messages;
  make_pair(input_, their_input);
  make_pair(messages_, their_messages);
  SpawnPlan plan;
  plan.set_apart();
  plan.lend(their_input.get(), STDIN_FILENO);
  plan.lend(their_messages.get(), STDERR_FILENO);
  plan.discard(STDOUT_FILENO);
  // By numbers that none of them is lent as.
  std::deque<Descriptor> copies;
  for (const LentFile& file : lent) {
    Descriptor& copy = copies.emplace_back(::fcntl(file.fd, F_DUPFD_CLOEXEC, kFirstCopy));
    if (copy.get() < 0) throw Error("cannot lend a file: " + reason(errno));
    plan.lend(copy.get(), file.as);
  }
  process_ = plan.start(words);
}

ChildProcess::~ChildProcess() {
  if (process_ < 0) return;
  ::kill(process_, SIGKILL);
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

// Takes what it says, so that it never waits for us.
void ChildProcess::listen() {
  std::array<char, kMostWords> part{};
  for (;;) {
    const ssize_t size = ::recv(messages_.get(), part.data(), part.size(), MSG_DONTWAIT);
    if (size < 0 && errno == EINTR) continue;
    if (size == 0) messages_.reset(-1);
    if (size <= 0) return;
    words_.append(part.data(), static_cast<std::size_t>(size));
    if (words_.size() > 2 * kMostWords) words_.erase(0, words_.size() - kMostWords);
  }
}

void ChildProcess::wait_for(short input_event, Stop stop) {
  std::array<pollfd, 2> ends{pollfd{.fd = messages_.get(), .events = POLLIN, .revents = 0},
                             pollfd{.fd = input_.get(), .events = input_event, .revents = 0}};
  (void)::poll(ends.data(), ends.size(), kRound);
  if ((ends[0].revents & (POLLIN | POLLHUP)) != 0) listen();
  throw_if(stop);
}

bool ChildProcess::write(Bytes bytes, Stop stop) {
  while (!bytes.empty()) {
    const ssize_t size =
        ::send(input_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (size > 0) bytes = bytes.subspan(static_cast<std::size_t>(size));
    if (size < 0) wait_for(POLLOUT, stop);
  }
  return true;
}

ChildEnd ChildProcess::end(Stop stop) {
  input_.reset(-1);
  while (messages_.get() >= 0) wait_for(0, stop);
  int status = 0;
  for (;;) {
    const pid_t ended = ::waitpid(process_, &status, WNOHANG);
    if (ended == process_ || (ended < 0 && errno != EINTR)) break;
    throw_if(stop);
    std::this_thread::sleep_for(kNap);
  }
  process_ = -1;
  if (WIFEXITED(status)) return {WEXITSTATUS(status) == 0, in_one_line(words_)};
  return {false, "it was ended by signal " + std::to_string(WTERMSIG(status))};
}

bool is_installed(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string_view left = path == nullptr ? "/usr/bin:/bin" : path;
  for (;;) {
    const auto colon = left.find(':');
    const std::string folder(left.substr(0, colon));
    const std::string file = (folder.empty() ? "." : folder) + "/" + program;
    if (::access(file.c_str(), X_OK) == 0) return true;
    if (colon == std::string_view::npos) return false;
    left.remove_prefix(colon + 1);
  }
}

}  // namespace qsample
