#include "files/identity/place.h"

#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <climits>
#include <filesystem>
#include <memory>

#include "files/descriptor.h"
#include "qsample/error.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxLinks = 40;  // as many as the kernel follows

// What the link `path` says; nothing, with errno set, where it is none.
std::optional<std::string> read_link(const std::string& path) {
  std::array<char, PATH_MAX> text{};
  const ssize_t size = ::readlink(path.c_str(), text.data(), text.size());
  if (size < 0) return std::nullopt;
  return std::string(text.data(), static_cast<std::size_t>(size));
}

// Goes up to a folder that is there, and along the links that dangle on the way.
Place place_of_folder(fs::path there, int links) {
  const fs::path folder = there;
  fs::path below;
  struct stat info {};
  while (::stat(there.c_str(), &info) != 0 && folder_of(there) != there) {
    const auto link = links > 0 ? read_link(there.string()) : std::nullopt;
    if (link) {
      auto target = there.parent_path() / *link;
      if (!below.empty()) target /= below;
      return place_of_folder(std::move(target), links - 1);
    }
    below = below.empty() ? there.filename() : there.filename() / below;
    there = folder_of(there);
  }
  // Folders that will be made hold no links, so that ".." behind one leads back.
  below = below.lexically_normal();
  if (!below.empty() && *below.begin() == ".." && links > 0) {
    return place_of_folder(there / below, links - 1);
  }
  return {id_of(info), below.string()};
}

std::string in_other_case(std::string name) {
  for (char& c : name) {
    const auto letter = static_cast<unsigned char>(c);
    c = static_cast<char>(std::isupper(letter) != 0 ? std::tolower(letter) : std::toupper(letter));
  }
  return name;
}

// What a file system says that knows: ext4, f2fs and tmpfs of a folder, others always.
bool says_that_case_is_ignored(int folder) {
  int flags = 0;
  if (::ioctl(folder, FS_IOC_GETFLAGS, &flags) == 0 && (flags & FS_CASEFOLD_FL) != 0) return true;
  constexpr std::array<unsigned, 7> kKinds = {MSDOS_SUPER_MAGIC, EXFAT_SUPER_MAGIC, SMB_SUPER_MAGIC,
                                              CIFS_SUPER_MAGIC,  SMB2_SUPER_MAGIC,
                                              0x5346544E,   // NTFS
                                              0x7366746E};  // NTFS3
  struct statfs system {};
  return ::fstatfs(folder, &system) == 0 &&
         std::find(kKinds.begin(), kKinds.end(), static_cast<unsigned>(system.f_type)) !=
             kKinds.end();
}

// Whether an entry, found by its name in the other case, shows the same.
bool shows_that_case_is_ignored(DIR* entries) {
  const int folder = ::dirfd(entries);
  while (const dirent* entry = ::readdir(entries)) {
    const std::string name = static_cast<const char*>(entry->d_name);
    const std::string other = in_other_case(name);
    struct stat info {};
    struct stat found {};
    if (other == name || ::fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
    // Both may be names of one file elsewhere too: hard links.
    if (S_ISREG(info.st_mode) && info.st_nlink > 1) continue;
    return ::fstatat(folder, other.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 &&
           id_of(info) == id_of(found);
  }
  return false;
}

}  // namespace

std::string folder_of(const std::string& path) {
  const auto parent = fs::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

std::string follow_links(const std::string& path) {
  fs::path target = path;
  for (int links = 0; links < kMaxLinks; ++links) {
    const auto next = read_link(target.string());
    if (!next) {
      // What is not a link, or not there yet, is the end. Where that can't be told, a link might
      // get lost.
      if (errno == EINVAL || errno == ENOENT) return target.string();
      fail_with(path, errno);
    }
    target = target.parent_path() / *next;
  }
  fail_with(path, ELOOP);
}

Place PlaceFinder::of(const std::string& path) {
  if (path == "-") return {{}, path};
  fs::path target = path;
  try {
    target = follow_links(path);
  } catch (const Error&) {
  }
  const auto folder = folder_of(target);
  const auto [known, is_new] = folders_.try_emplace(folder);
  if (is_new) known->second = place_of_folder(folder, kMaxLinks);
  Place place = known->second;
  place.below.append("/").append(target.filename());
  return place;
}

std::string in_small_letters(std::string name) {
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

bool ignores_case(const std::string& path) {
  for (fs::path folder = folder_of(path);; folder = folder_of(folder)) {
    const std::unique_ptr<DIR, CloseFolder> entries(::opendir(folder.c_str()));
    if (entries != nullptr) {
      return says_that_case_is_ignored(::dirfd(entries.get())) ||
             shows_that_case_is_ignored(entries.get());
    }
    if (folder == folder_of(folder)) return false;
  }
}

}  // namespace qsample
