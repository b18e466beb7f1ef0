// The module that reads zip archives: libarchive.

#include <archive.h>
#include <archive_entry.h>

#include "formats/tensors/npz.h"
#include "formats/thread_locale.h"
#include "qsample/error.h"

namespace qsample {
namespace {

// Names are UTF-8, and are turned into the locale of the thread.
class Utf8Locale : public ThreadLocale {
 public:
  Utf8Locale() : ThreadLocale(utf8()) {}

 private:
  static locale_t utf8() {
    static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return locale;
  }
};

class LibarchiveReader final : public ZipReader {
 public:
  explicit LibarchiveReader(Bytes file) : archive_(archive_read_new()) {
    // By the directory at the end, which one that was cut has lost.
    archive_read_support_format_zip_seekable(archive_);
    if (archive_read_open_memory(archive_, file.data(), file.size()) != ARCHIVE_OK) {
      archive_read_free(archive_);
      throw Error("it is truncated, or damaged at its end");
    }
  }
  LibarchiveReader(const LibarchiveReader&) = delete;
  LibarchiveReader& operator=(const LibarchiveReader&) = delete;
  ~LibarchiveReader() override { archive_read_free(archive_); }

  std::optional<std::string> next() override {
    const Utf8Locale locale;
    archive_entry* entry = nullptr;
    const int result = archive_read_next_header(archive_, &entry);
    if (result == ARCHIVE_EOF) return std::nullopt;
    // It warns of names that this locale can't spell.
    if (result != ARCHIVE_OK && result != ARCHIVE_WARN) fail();
    const char* name = archive_entry_pathname(entry);
    if (name == nullptr) throw Error("it is damaged: a member has no name");
    return name;
  }

  void read_up_to(std::size_t size, std::vector<std::byte>& bytes) override {
    std::size_t used = bytes.size();
    if (used >= size) return;
    bytes.resize(size);
    while (used < size) {
      const auto n = archive_read_data(archive_, bytes.data() + used, size - used);
      if (n < 0) fail();
      if (n == 0) break;
      used += static_cast<std::size_t>(n);
    }
    bytes.resize(used);
  }

 private:
  [[noreturn]] void fail() const {
    const char* reason = archive_error_string(archive_);
    throw Error("it is damaged: " + std::string(reason == nullptr ? "no reason given" : reason));
  }

  archive* archive_;
};

std::unique_ptr<ZipReader> read(Bytes file) { return std::make_unique<LibarchiveReader>(file); }

constexpr ZipModule kModule = {read};

}  // namespace
}  // namespace qsample

extern "C" const void* qsample_plugin() { return &qsample::kModule; }
