// Nothing here is a vector: the loop is made of shifts by a variable number of bits, which the
// instruction sets from AVX2 on do in one step and without the one register that they otherwise
// need.

#include "io/huffman_kernels.h"

#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "io/huffman_kernels.cpp"
#include <hwy/foreach_target.h>
// foreach_target.h must come first.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace qsample::HWY_NAMESPACE {
namespace {

void PutCodes(BitWriter& to, const std::uint8_t* bytes, std::size_t size, const Entry* codes) {
  BitWriter bits = to;  // in registers
  std::size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes + i, sizeof word);
    bits.put_four(codes[word & 0xFF], codes[word >> 8 & 0xFF], codes[word >> 16 & 0xFF],
                  codes[word >> 24 & 0xFF]);
    bits.put_four(codes[word >> 32 & 0xFF], codes[word >> 40 & 0xFF], codes[word >> 48 & 0xFF],
                  codes[word >> 56]);
  }
  for (; i < size; ++i) bits.put(codes[bytes[i]]);
  to = bits;
}

}  // namespace
}  // namespace qsample::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace qsample {

HWY_EXPORT(PutCodes);

void put_codes(BitWriter& bits, std::span<const std::uint8_t> bytes, const Entry* codes) {
  HWY_DYNAMIC_DISPATCH(PutCodes)(bits, bytes.data(), bytes.size(), codes);
}

}  // namespace qsample
#endif  // HWY_ONCE
