#include "files/permissions.h"

#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

namespace qsample {
namespace {

constexpr const char* kAccessList = "system.posix_acl_access";
constexpr mode_t kOfGroup = 070;
constexpr mode_t kOfAll = 0777;
constexpr int kGroupBits = 3;

// The access list of a file, which says more than its mode; empty where there is none.
std::vector<char> access_list(int folder, const std::string& name) {
  const std::string path = "/proc/self/fd/" + std::to_string(folder) + "/" + name;
  const ssize_t size = ::lgetxattr(path.c_str(), kAccessList, nullptr, 0);
  if (size <= 0) return {};
  std::vector<char> list(static_cast<std::size_t>(size));
  const ssize_t read = ::lgetxattr(path.c_str(), kAccessList, list.data(), list.size());
  return read == size ? list : std::vector<char>(1);  // one that can't be set
}

bool is_refused(int error) { return error == EPERM || error == EOPNOTSUPP || error == EINVAL; }

}  // namespace

bool take_permissions(int fd, int folder, const std::string& name, const struct stat& old) {
  struct stat now {};
  if (::fstat(fd, &now) != 0) return false;
  mode_t mode = old.st_mode & kOfAll;
  if (now.st_gid != old.st_gid && ::fchown(fd, static_cast<uid_t>(-1), old.st_gid) != 0) {
    // Our group is another: to the old file its members are anybody.
    mode = (mode & ~kOfGroup) | (mode << kGroupBits & mode & kOfGroup);
  }
  const auto list = access_list(folder, name);
  if (list.empty()) {
    // The folder may have given one of its own, which the mode's group would open.
    (void)::fremovexattr(fd, kAccessList);
  } else if (::fsetxattr(fd, kAccessList, list.data(), list.size(), 0) != 0) {
    mode &= ~kOfGroup;  // with a list these say what the most of anybody on it is
  }
  // Some file systems know no modes.
  if (::fchmod(fd, mode) != 0 && !is_refused(errno)) return false;
  return now.st_uid == old.st_uid || ::fchown(fd, old.st_uid, static_cast<gid_t>(-1)) == 0 ||
         is_refused(errno);
}

}  // namespace qsample
