#include "files/stream/piece_reader.h"

#include <poll.h>
#include <sys/stat.h>

#include "base/remedy.h"
#include "files/read_file.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::size_t kPiece = 1 << 18;

}  // namespace

PieceReader::PieceReader(const std::string& path, const OnWait& on_wait)
    : name_(file_name(path)), patience_("a writer of " + name_, on_wait), piece_(kPiece) {
  const bool standard = path == "-";
  // Opening a named pipe would wait for its writer, where no signal to another thread gets through.
  file_.reset(standard ? STDIN_FILENO : open_file(path, O_RDONLY | O_NONBLOCK));
  struct stat info {};
  if (file_.get() < 0 || ::fstat(file_.get(), &info) != 0) {
    fail_with(name_, errno, errno == ENOENT ? remedy_for_input(path) : "");
  }
  if (!standard || !S_ISSOCK(info.st_mode)) {
    const auto other = other_kind(info.st_mode, FileKinds::pipes_too);
    if (!other.empty()) throw Error(name_ + ": is " + other + ", not a file");
  }
  may_block_ = !S_ISREG(info.st_mode);
}

Bytes PieceReader::next() {
  for (;;) {
    if (may_block_) patience_.until(file_.get(), POLLIN);
    const ssize_t n = ::read(file_.get(), piece_.data(), piece_.size());
    if (n >= 0) return Bytes(piece_).first(static_cast<std::size_t>(n));
    if (errno != EINTR && errno != EAGAIN) fail_with(name_, errno);
  }
}

}  // namespace qsample
