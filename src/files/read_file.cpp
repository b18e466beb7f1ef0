#include "files/read_file.h"

#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <new>
#include <stdexcept>
#include <system_error>

#include "base/remedy.h"
#include "files/descriptor.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::size_t kMinRead = 1 << 16;
constexpr std::size_t kHead = 1 << 12;
constexpr std::size_t kLarge = 1 << 24;  // from here on it is asked where the file ends
constexpr std::size_t kUnknown = std::numeric_limits<std::size_t>::max();
constexpr std::ptrdiff_t kMinReturn = 1 << 20;

std::size_t page_size() {
  static const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return size;
}

[[noreturn]] void refuse(const std::string& name, const std::string& kind) {
  throw Error(name + ": is " + kind + ", not a file");
}

void check_kind(const std::string& name, mode_t mode, FileKinds kinds) {
  const auto other = other_kind(mode, kinds);
  if (!other.empty()) refuse(name, other);
}

// Makes room for `size` bytes, which are more than there are.
void take_room(std::vector<std::byte>& bytes, std::size_t size, const std::string& name,
               const ReadOptions& options) {
  try {
    // What does not fit where it is is copied.
    if (options.hold) options.hold(size + (size > bytes.capacity() ? bytes.size() : 0));
    bytes.resize(size);
  } catch (const Error& e) {
    throw Error(name + ": " + e.what());
  } catch (const std::bad_alloc&) {
    throw Error(name + ": not enough memory to read it");
  } catch (const std::length_error&) {
    throw Error(name + ": not enough memory to read it");
  }
}

}  // namespace

std::string file_name(const std::string& path) { return path == "-" ? "standard input" : path; }

std::string other_kind(mode_t mode, FileKinds kinds) {
  const bool regular_only = kinds == FileKinds::regular;
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISSOCK(mode)) return "a socket";
  if (S_ISFIFO(mode) && regular_only) return "a pipe";
  if (S_ISBLK(mode) || (S_ISCHR(mode) && regular_only)) return "a device";
  return {};
}

std::vector<std::byte> read_file(const std::string& path, const ReadOptions& options) {
  const bool standard = path == "-";
  const std::string name = file_name(path);
  struct stat info {};
  // Looked at before it is opened too: the other end of a pipe notices that.
  if (!standard) {
    if (::stat(path.c_str(), &info) != 0) {
      fail_with(name, errno, errno == ENOENT ? remedy_for_input(path) : "");
    }
    check_kind(name, info.st_mode, options.kinds);
  }
  // Opening a named pipe would wait for its writer, where no signal to another thread gets through.
  Descriptor file(standard ? STDIN_FILENO : open_file(path, O_RDONLY | O_NONBLOCK));
  if (file.get() < 0 || ::fstat(file.get(), &info) != 0) fail_with(name, errno);
  // Standard input may well be a socket.
  if (!standard || !S_ISSOCK(info.st_mode)) {
    check_kind(name, info.st_mode, standard ? FileKinds::pipes_too : options.kinds);
  }
  if (S_ISCHR(info.st_mode) && ::isatty(file.get()) == 0) refuse(name, "a device");

  Patience patience("a writer of " + name, options.on_wait);
  std::vector<std::byte> bytes;
  // Reads on until there are `size` bytes; false where the file ends before.
  const auto fill = [&](std::size_t size) {
    std::size_t used = bytes.size();
    take_room(bytes, size, name, options);
    while (used < size) {
      if (!S_ISREG(info.st_mode)) patience.until(file.get(), POLLIN);
      const ssize_t n = ::read(file.get(), bytes.data() + used, size - used);
      if (n < 0 && errno != EINTR && errno != EAGAIN) fail_with(name, errno);
      if (n == 0) break;
      used += static_cast<std::size_t>(n < 0 ? 0 : n);
    }
    bytes.resize(used);
    return used == size;
  };
  bool more = fill(kHead);
  if (bytes.empty()) throw Error(name + ": is empty");
  if (options.check_head) options.check_head(bytes, name);
  // One byte more than the size, so that a regular file ends within it.
  const std::size_t whole = static_cast<std::size_t>(info.st_size) + 1;
  std::optional<std::size_t> end;
  while (more && bytes.size() < end.value_or(kUnknown)) {
    const std::size_t used = bytes.size();
    if (used >= kLarge && !end && options.extent) end = options.extent(bytes, name);
    std::size_t size = used < whole ? whole : std::max(2 * used, used + kMinRead);
    if (used < kLarge) size = std::min(size, kLarge);
    more = fill(std::min(size, end.value_or(size)));
  }
  return bytes;
}

std::vector<std::byte> read_head(const std::string& path, std::size_t most) {
  const Descriptor file(open_file(path, O_RDONLY | O_NONBLOCK));
  if (file.get() < 0) fail_with(path, errno);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) fail_with(path, errno);
  if (!S_ISREG(info.st_mode)) throw Error(path + ": is no regular file");
  std::vector<std::byte> bytes(most);
  std::size_t used = 0;
  while (used < most) {
    const ssize_t n = ::read(file.get(), bytes.data() + used, most - used);
    if (n < 0 && errno != EINTR) fail_with(path, errno);
    if (n == 0) break;
    used += static_cast<std::size_t>(n < 0 ? 0 : n);
  }
  bytes.resize(used);
  return bytes;
}

std::string read_text_file(const std::string& path, const OnWait& on_wait) {
  const auto bytes = read_file(path, {.on_wait = on_wait});
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

MemoryReturn::MemoryReturn(std::vector<std::byte>& bytes) : begin_(bytes.data()) {
  begin_ += -reinterpret_cast<std::uintptr_t>(begin_) % page_size();
}

void MemoryReturn::up_to(const std::byte* here) {
  if (here < begin_ + kMinReturn) return;
  const auto size = static_cast<std::size_t>(here - begin_) / page_size() * page_size();
  (void)::madvise(begin_, size, MADV_DONTNEED);  // a wish
  begin_ += size;
}

}  // namespace qsample
