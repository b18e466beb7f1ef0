// The module that reads tar archives: libarchive.

#include <archive.h>
#include <archive_entry.h>

#include <exception>
#include <utility>

#include "formats/tar/tar_reader.h"
#include "formats/thread_locale.h"
#include "image/plugin.h"
#include "qsample/error.h"

namespace qsample {
namespace {

// Names are bytes. Those of pax, which are UTF-8, would be turned into the locale of the thread,
// and normalized; where that locale knows ASCII alone they stay as they are.
class PlainLocale : public ThreadLocale {
 public:
  PlainLocale() : ThreadLocale(plain()) {}

 private:
  static locale_t plain() {
    static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C", nullptr);
    return locale;
  }
};

std::string other_kind(archive_entry* entry) {
  if (archive_entry_hardlink(entry) != nullptr) return "a hard link";
  switch (archive_entry_filetype(entry)) {
    case AE_IFREG: return {};
    case AE_IFLNK: return "a symbolic link";
    case AE_IFIFO: return "a pipe";
    default: return "a device";
  }
}

class LibarchiveReader : public TarReader {
 public:
  explicit LibarchiveReader(NextPiece next) : next_(std::move(next)), archive_(archive_read_new()) {
    // Not all that there are: some would run other programs.
    archive_read_support_filter_gzip(archive_);
    archive_read_support_filter_bzip2(archive_);
    archive_read_support_filter_xz(archive_);
    archive_read_support_filter_zstd(archive_);
    archive_read_support_filter_lz4(archive_);
    archive_read_support_format_tar(archive_);
  }
  LibarchiveReader(const LibarchiveReader&) = delete;
  LibarchiveReader& operator=(const LibarchiveReader&) = delete;
  ~LibarchiveReader() override { archive_read_free(archive_); }

  std::optional<TarMember> next() override {
    const PlainLocale locale;
    if (!opened_)
      check(archive_read_open(archive_, this, nullptr, &LibarchiveReader::pull, nullptr));
    opened_ = true;
    archive_entry* entry = nullptr;
    do {
      const int result = archive_read_next_header(archive_, &entry);
      if (result == ARCHIVE_EOF) {
        check_end();
        return std::nullopt;
      }
      check(result);
    } while (archive_entry_filetype(entry) == AE_IFDIR);
    const char* name = archive_entry_pathname(entry);
    if (name == nullptr) throw Error("is damaged: a member has no name");
    size_ = static_cast<std::size_t>(archive_entry_size(entry));
    return TarMember{name, size_, other_kind(entry)};
  }

  std::vector<std::byte> read() override {
    const PlainLocale locale;
    std::vector<std::byte> bytes(size_);
    std::size_t used = 0;
    while (used < size_) {
      const auto n = archive_read_data(archive_, bytes.data() + used, size_ - used);
      if (n < 0) check(static_cast<int>(n));
      if (n == 0) throw Error("is truncated");
      used += n < 0 ? 0 : static_cast<std::size_t>(n);
    }
    return bytes;
  }

 private:
  static la_ssize_t pull(archive* archive, void* self, const void** bytes) {
    auto& reader = *static_cast<LibarchiveReader*>(self);
    try {
      const Bytes piece = reader.next_();
      *bytes = piece.data();
      reader.is_empty_ = reader.is_empty_ && piece.empty();
      return static_cast<la_ssize_t>(piece.size());
    } catch (...) {
      reader.failure_ = std::current_exception();
      archive_set_error(archive, -1, "cannot be read");
      return -1;
    }
  }

  void check(int result) {
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    if (result == ARCHIVE_OK || result == ARCHIVE_WARN) return;
    if (is_empty_) throw Error("is empty");
    const char* reason = archive_error_string(archive_);
    const std::string text = reason == nullptr ? "no reason given" : reason;
    if (text.find("runcated") != std::string::npos) throw Error("is truncated");
    if (text.find("Unrecognized") != std::string::npos) throw Error("is no tar archive");
    throw Error("is damaged" + (text == "Damaged tar archive" ? "" : ": " + text));
  }

  // An archive that ends between two members, without the zeros that mark its end, is cut off.
  void check_end() {
    check(ARCHIVE_OK);
    if (is_empty_) throw Error("is empty");
    if (archive_filter_bytes(archive_, 0) == archive_read_header_position(archive_)) {
      throw Error("is truncated: the mark of its end is missing");
    }
  }

  NextPiece next_;
  archive* archive_;
  bool opened_ = false;
  bool is_empty_ = true;
  std::size_t size_ = 0;
  std::exception_ptr failure_;
};

std::unique_ptr<TarReader> read(NextPiece next) {
  return std::make_unique<LibarchiveReader>(std::move(next));
}

constexpr TarModule kModule = {read};

}  // namespace
}  // namespace qsample

extern "C" const void* qsample_plugin() { return &qsample::kModule; }
