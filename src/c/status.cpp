#include "c/status.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace qsample::c {
namespace {

// No memory is taken to tell that there is none. The longest text lists the schedules.
thread_local std::array<char, 2048> last_text{};

}  // namespace

int failed(int status, const char* text) noexcept {
  const std::size_t size = std::min(std::strlen(text), last_text.size() - 1);
  std::copy_n(text, size, last_text.begin());
  last_text[size] = '\0';
  return status;
}

}  // namespace qsample::c

const char* qsample_error_text(void) { return qsample::c::last_text.data(); }

const char* qsample_version(void) { return QSAMPLE_VERSION; }
