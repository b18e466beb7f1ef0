// Other programs at work for us.

#include "files/child/child_process.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "qsample/error.h"

namespace qsample {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> shell(const std::string& script) { return {"sh", "-c", script}; }

// What was written to a file in memory.
std::string content(int file) {
  std::string text(1 << 12, '\0');
  const ssize_t size = ::pread(file, text.data(), text.size(), 0);
  text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  return text;
}

TEST(ChildProcess, ReadsWhatIsWrittenAndWritesToWhatItWasLent) {
  const Descriptor out(::memfd_create("out", MFD_CLOEXEC));
  const Descriptor more(::memfd_create("more", MFD_CLOEXEC));
  // Numbers that cross each other.
  const std::array lent = {LentFile{out.get(), 1}, LentFile{more.get(), out.get()},
                           LentFile{out.get(), more.get()}};
  ChildProcess child(shell("wc -c; echo more >&" + std::to_string(out.get())), lent);
  const std::vector<std::byte> bytes(3'000'000);
  EXPECT_TRUE(child.write(bytes, nullptr));
  EXPECT_TRUE(child.end(nullptr).well);
  EXPECT_EQ(content(out.get()), "3000000\n");
  EXPECT_EQ(content(more.get()), "more\n");
}

TEST(ChildProcess, TellsHowItFailedInOneLine) {
  ChildProcess child(shell("echo one >&2; echo >&2; echo two >&2; exit 3"), {});
  const ChildEnd end = child.end(nullptr);
  EXPECT_FALSE(end.well);
  EXPECT_EQ(end.words, "one; two");
  ChildProcess much(shell("yes long | head -n 100000 >&2; echo last >&2; exit 1"), {});
  const ChildEnd of_much = much.end(nullptr);
  EXPECT_TRUE(of_much.words.ends_with("long; last"));
  EXPECT_LT(of_much.words.size(), 400U);
  ChildProcess killed(shell("kill -KILL $$"), {});
  EXPECT_EQ(killed.end(nullptr).words, "it was ended by signal 9");
}

TEST(ChildProcess, ThatReadsNoMoreIsNoSignal) {
  ChildProcess child(shell("exit 0"), {});
  const std::vector<std::byte> bytes(10'000'000);
  EXPECT_FALSE(child.write(bytes, nullptr));
  EXPECT_TRUE(child.end(nullptr).well);
}

TEST(ChildProcess, ThatIsNotThereIsAnError) {
  EXPECT_THROW(ChildProcess({"no-such-program-anywhere"}, {}), Error);
  EXPECT_FALSE(is_installed("no-such-program-anywhere"));
  EXPECT_TRUE(is_installed("sh"));
}

TEST(ChildProcess, IsEndedWithItsObjectAndByAStop) {
  const Descriptor out(::memfd_create("out", MFD_CLOEXEC));
  const std::array lent = {LentFile{out.get(), 1}};
  std::atomic<bool> stop{false};
  pid_t process = 0;
  {
    ChildProcess child(shell("echo $$; exec sleep 1000"), lent);
    std::jthread later([&] {
      std::this_thread::sleep_for(200ms);
      stop = true;
    });
    const std::vector<std::byte> bytes(10'000'000);
    EXPECT_THROW((void)child.write(bytes, &stop), Interrupted);
    EXPECT_THROW((void)child.end(&stop), Interrupted);
    process = std::stoi(content(out.get()));
    EXPECT_EQ(::kill(process, 0), 0);
    // In a group of its own, where a terminal's Ctrl-C does not reach it.
    EXPECT_EQ(::getpgid(process), process);
  }
  EXPECT_NE(::kill(process, 0), 0);
}

}  // namespace
}  // namespace qsample
