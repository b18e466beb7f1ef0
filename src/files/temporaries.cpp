#include "files/temporaries.h"

#include <dirent.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <charconv>
#include <memory>
#include <string_view>

#include "files/descriptor.h"
#include "files/identity/place.h"

namespace qsample {
namespace {

constexpr std::string_view kTemporaryStart = ".qsample-";
constexpr std::string_view kTemporaryEnd = ".tmp";

// A user may call a file nearly so.
bool is_temporary(std::string_view name) {
  if (!name.starts_with(kTemporaryStart)) return false;
  unsigned process = 0;
  unsigned number = 0;
  const char* const end = name.data() + name.size();
  const auto dash = std::from_chars(name.data() + kTemporaryStart.size(), end, process).ptr;
  if (dash == end) return false;
  std::from_chars(dash + 1, end, number);
  return name == temporary_name(process, number);
}

// A temporary file is locked by the run that writes it, and the system drops the lock when that
// run ends, however it ends. So one that can be locked has been left behind. Over NFS the lock is
// seen by other hosts too; a file system without locks lets nobody have one.
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
  return std::string(kTemporaryStart) + std::to_string(process) + "-" + std::to_string(number) +
         std::string(kTemporaryEnd);
}

void remove_left_temporaries(const std::string& folder) {
  const std::unique_ptr<DIR, CloseFolder> entries(::opendir(folder.c_str()));
  if (entries == nullptr) return;
  while (const dirent* entry = ::readdir(entries.get())) {
    const auto* name = static_cast<const char*>(entry->d_name);
    if (is_temporary(name)) remove_if_left(::dirfd(entries.get()), name);
  }
}

}  // namespace qsample
