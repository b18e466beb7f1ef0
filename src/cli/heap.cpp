#include "cli/heap.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace qsample::cli {
namespace {

constexpr int kStep = 32 << 20;  // also the most that a threshold for mmap may be
constexpr std::uintptr_t kLargePage = std::uintptr_t{2} << 20;

}  // namespace

void prepare_heap() {
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_MMAP_THRESHOLD, kStep);
  ::mallopt(M_TRIM_THRESHOLD, 16 * kStep);
  ::mallopt(M_TOP_PAD, kStep);
  // An allocation beyond what is there makes the heap grow; the new part is then asked to be large
  // pages. Where any of this fails, all goes on as it would have.
  auto* const before = static_cast<std::byte*>(::sbrk(0));
  void* volatile grown = std::malloc(kStep / 4);  // volatile, lest the pair be left out
  std::free(grown);
  const auto* const end = static_cast<std::byte*>(::sbrk(0));
  std::byte* const begin =
      before + (kLargePage - reinterpret_cast<std::uintptr_t>(before) % kLargePage) % kLargePage;
  if (begin < end) ::madvise(begin, static_cast<std::size_t>(end - begin), MADV_HUGEPAGE);
}

}  // namespace qsample::cli
