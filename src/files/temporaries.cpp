#include "files/temporaries.h"

#include <dirent.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <functional>
#include <memory>

#include "files/descriptor.h"
#include "files/identity/place.h"

namespace qsample {
namespace {

// With which the names of this host's begin.
const std::string& own_start() {
  static const std::string start = [] {
    std::array<char, HOST_NAME_MAX + 1> host{};
    (void)::gethostname(host.data(), host.size() - 1);
    return ".qsample-" + host_in_name(host.data()) + "-";
  }();
  return start;
}

// One host's name may begin as another's, and a user may call a file nearly so.
bool is_temporary_of_this_host(std::string_view name) {
  const std::string& start = own_start();
  if (!name.starts_with(start)) return false;
  unsigned process = 0;
  unsigned number = 0;
  const char* const end = name.data() + name.size();
  const auto dash = std::from_chars(name.data() + start.size(), end, process).ptr;
  if (dash == end) return false;
  std::from_chars(dash + 1, end, number);
  return name == temporary_name(process, number);
}

// A temporary file is locked by the run that writes it, and the system drops the lock when that
// run ends, however it ends. So one that can be locked has been left behind, if it is this host's:
// of BeeGFS, and of Lustre with localflock, no host sees another's locks. A file system without
// locks lets nobody have one.
void remove_if_left(int folder, const char* name) {
  constexpr int kFlags = O_NOFOLLOW | O_NONBLOCK;
  // For writing, as NFS wants it for a lock that excludes others.
  Descriptor file(open_file_at(folder, name, O_WRONLY | kFlags));
  if (file.get() < 0 && errno == EACCES) file.reset(open_file_at(folder, name, O_RDONLY | kFlags));
  if (file.get() < 0 || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) return;
  struct stat open {};
  struct stat named {};
  if (::fstat(file.get(), &open) == 0 && S_ISREG(open.st_mode) &&
      ::fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && id_of(open) == id_of(named)) {
    ::unlinkat(folder, name, 0);
  }
}

}  // namespace

std::string temporary_name(unsigned process, unsigned number) {
  return own_start() + std::to_string(process) + "-" + std::to_string(number) + ".tmp";
}

std::string host_in_name(std::string_view host) {
  const auto stays = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  };
  std::string name(host.substr(0, HOST_NAME_MAX));
  std::replace_if(name.begin(), name.end(), std::not_fn(stays), '_');
  return name;
}

void remove_left_temporaries(const std::string& folder) {
  const std::unique_ptr<DIR, CloseFolder> entries(::opendir(folder.c_str()));
  if (entries == nullptr) return;
  while (const dirent* entry = ::readdir(entries.get())) {
    const auto* name = static_cast<const char*>(entry->d_name);
    if (is_temporary_of_this_host(name)) remove_if_left(::dirfd(entries.get()), name);
  }
}

}  // namespace qsample
