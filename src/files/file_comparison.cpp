#include "files/file_comparison.h"

#include <algorithm>
#include <utility>

namespace qsample {
namespace {

constexpr std::size_t kPiece = 1 << 16;

}  // namespace

FileComparison::FileComparison(std::string path)
    : path_(std::move(path)), file_(open_file(path_, O_RDONLY | O_NONBLOCK)), read_(kPiece) {
  if (file_.get() < 0) fail_with(path_, errno);
}

void FileComparison::add(Bytes piece) {
  while (same_ && !piece.empty()) {
    const Bytes there = next(std::min(piece.size(), read_.size()));
    same_ = !there.empty() && std::equal(there.begin(), there.end(), piece.begin());
    piece = piece.subspan(there.size());
  }
}

bool FileComparison::is_same() { return same_ && next(1).empty(); }

Bytes FileComparison::next(std::size_t most) {
  for (;;) {
    const ssize_t n = ::read(file_.get(), read_.data(), most);
    if (n >= 0) return Bytes(read_).first(static_cast<std::size_t>(n));
    if (errno != EINTR) fail_with(path_, errno);
  }
}

}  // namespace qsample
