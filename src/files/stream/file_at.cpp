#include "files/stream/file_at.h"

#include <sys/stat.h>

#include <utility>

#include "qsample/error.h"

namespace qsample {

FileAt::FileAt(std::string path)
    : path_(std::move(path)), file_(open_file(path_, O_RDONLY | O_NONBLOCK)) {
  struct stat info {};
  if (file_.get() < 0 || ::fstat(file_.get(), &info) != 0) fail_with(path_, errno);
  if (!S_ISREG(info.st_mode)) throw Error(path_ + ": is no regular file");
  size_ = static_cast<std::size_t>(info.st_size);
}

void FileAt::read(std::size_t place, std::span<std::byte> bytes) const {
  while (!bytes.empty()) {
    const ssize_t n = ::pread(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(place));
    if (n < 0 && errno != EINTR) fail_with(path_, errno);
    if (n == 0) throw Error(path_ + ": is shorter than it was");
    if (n <= 0) continue;
    place += static_cast<std::size_t>(n);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

}  // namespace qsample
