#include "formats/tiff/tiff_file.h"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "qsample/error.h"

namespace qsample::plugin {
namespace {

tmsize_t read_some(thandle_t handle, void* to, tmsize_t size) {
  auto& memory = *static_cast<Memory*>(handle);
  const Bytes from = memory.written != nullptr ? Bytes(*memory.written) : memory.bytes;
  if (memory.at >= from.size()) return 0;
  const std::size_t count = std::min(static_cast<std::size_t>(size), from.size() - memory.at);
  std::memcpy(to, from.data() + memory.at, count);
  memory.at += count;
  return static_cast<tmsize_t>(count);
}

tmsize_t write_some(thandle_t handle, void* from, tmsize_t size) {
  auto& memory = *static_cast<Memory*>(handle);
  const std::size_t end = memory.at + static_cast<std::size_t>(size);
  if (end > memory.written->size()) memory.written->resize(end);
  std::memcpy(memory.written->data() + memory.at, from, static_cast<std::size_t>(size));
  memory.at = end;
  return size;
}

toff_t seek(thandle_t handle, toff_t offset, int whence) {
  auto& memory = *static_cast<Memory*>(handle);
  const std::size_t base = whence == SEEK_CUR ? memory.at : whence == SEEK_END ? memory.size() : 0;
  memory.at = base + offset;
  return memory.at;
}

int close(thandle_t /*handle*/) { return 0; }

toff_t size_of(thandle_t handle) { return static_cast<Memory*>(handle)->size(); }

[[gnu::format(printf, 3, 0)]] void keep(Memory& memory, const char* /*where*/, const char* format,
                                        std::va_list arguments) {
  if (!memory.error.empty()) return;
  std::array<char, 512> text{};
  std::vsnprintf(text.data(), text.size(), format, arguments);
  // Many begin with the file's name, which has none here.
  memory.error = text.data();
  if (memory.error.starts_with(": ")) memory.error.erase(0, 2);
  while (memory.error.ends_with('.') || memory.error.ends_with('\n')) memory.error.pop_back();
}

int on_error(TIFF* /*tiff*/, void* memory, const char* where, const char* format,
             std::va_list arguments) {
  keep(*static_cast<Memory*>(memory), where, format, arguments);
  return 1;
}

// Of the directory it warns of much that does no harm, such as tags that it does not know; but a
// tag whose value lies beyond the end of the file is lost, and strips that are not as long as they
// should be are not mended.
int on_warning(TIFF* tiff, void* memory, const char* where, const char* format,
               std::va_list arguments) {
  auto& kept = *static_cast<Memory*>(memory);
  if (std::strstr(format, "IO error") != nullptr) {
    if (kept.error.empty()) kept.error = "a tag of it lies outside of the file";
  } else if (std::strstr(format, "ignoring and calculating") != nullptr) {
    if (kept.error.empty()) kept.error = "the sizes of its strips are wrong";
  } else if (kept.warnings_are_errors) {
    on_error(tiff, memory, where, format, arguments);
  }
  return 1;
}

}  // namespace

void check(const Memory& memory, bool good) {
  if (!memory.error.empty()) throw Error(memory.error);
  if (!good) throw Error("it is damaged");
}

Tiff open(Memory& memory, const char* mode) {
  const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(
      TIFFOpenOptionsAlloc(), TIFFOpenOptionsFree);
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), on_error, &memory);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), on_warning, &memory);
  Tiff tiff(TIFFClientOpenExt("", mode, &memory, read_some, write_some, seek, close, size_of,
                              nullptr, nullptr, options.get()),
            TIFFClose);
  check(memory, tiff != nullptr);
  return tiff;
}

}  // namespace qsample::plugin
