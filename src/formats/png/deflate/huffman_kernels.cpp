// Two ways to the same bits. With shifts by a variable number of bits, which the instruction sets
// from AVX2 on do in one step and without the one register that they otherwise need, codes are put
// one after the other. AVX-512 with byte permutations (VBMI) looks 64 codes up at once in tables
// that are held in registers, and puts them together in a tree.

#define HWY_WANT_AVX3_DL
#include "formats/png/deflate/huffman_kernels.h"

#include <array>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "formats/png/deflate/huffman_kernels.cpp"
#include <hwy/foreach_target.h>
// foreach_target.h must come first.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace qsample::HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_AVX3_DL

// A table of 256 bytes in four registers.
class ByteTable {
 public:
  explicit ByteTable(const std::uint8_t* table)
      : a_(_mm512_loadu_si512(table)),
        b_(_mm512_loadu_si512(table + 64)),
        c_(_mm512_loadu_si512(table + 128)),
        d_(_mm512_loadu_si512(table + 192)) {}

  // Of 64 indices.
  [[nodiscard]] HWY_INLINE __m512i operator[](__m512i at) const {
    return _mm512_mask_blend_epi8(_mm512_movepi8_mask(at), _mm512_permutex2var_epi8(a_, at, b_),
                                  _mm512_permutex2var_epi8(c_, at, d_));
  }

 private:
  __m512i a_, b_, c_, d_;
};

// Eight groups of four codes, and the number of bits of each.
struct Fours {
  __m512i bits, count;
};

// Of codes and lengths in 16 bits each.
HWY_INLINE Fours FoursOf(__m512i codes, __m512i lengths) {
  const __m512i low16 = _mm512_set1_epi32(0xFFFF);
  const __m512i low32 = _mm512_set1_epi64(0xFFFFFFFF);
  const __m512i second =
      _mm512_sllv_epi32(_mm512_srli_epi32(codes, 16), _mm512_and_si512(lengths, low16));
  const __m512i pairs = _mm512_or_si512(_mm512_and_si512(codes, low16), second);
  const __m512i counts = _mm512_madd_epi16(lengths, _mm512_set1_epi16(1));
  const __m512i later =
      _mm512_sllv_epi64(_mm512_srli_epi64(pairs, 32), _mm512_and_si512(counts, low32));
  return {_mm512_or_si512(_mm512_and_si512(pairs, low32), later),
          _mm512_add_epi64(_mm512_and_si512(counts, low32), _mm512_srli_epi64(counts, 32))};
}

// Writes groups where those before them end. Each begins in the byte that the one before it may
// have left unfinished, and since it has eight bits at the least, no other: what stands in that
// byte already comes from the neighbouring lane.
class FoursWriter {
 public:
  FoursWriter(std::byte* to, std::uint64_t waiting, std::uint64_t filled)
      : to_(to),
        at_(_mm512_set1_epi64(static_cast<long long>(filled))),
        tails_(_mm512_set1_epi64(static_cast<long long>(waiting))) {}

  HWY_INLINE void Put(Fours fours) {
    const __m512i zero = _mm512_setzero_si512();
    __m512i sums = fours.count;
    sums = _mm512_add_epi64(sums, _mm512_alignr_epi64(sums, zero, 7));
    sums = _mm512_add_epi64(sums, _mm512_alignr_epi64(sums, zero, 6));
    sums = _mm512_add_epi64(sums, _mm512_alignr_epi64(sums, zero, 4));
    const __m512i end = _mm512_add_epi64(at_, sums);
    const __m512i begin = _mm512_sub_epi64(end, fours.count);
    at_ = _mm512_permutexvar_epi64(_mm512_set1_epi64(7), end);
    const __m512i seven = _mm512_set1_epi64(7);
    const __m512i words = _mm512_sllv_epi64(fours.bits, _mm512_and_si512(begin, seven));
    const __m512i whole =
        _mm512_sub_epi64(_mm512_andnot_si512(seven, end), _mm512_andnot_si512(seven, begin));
    const __m512i tails = _mm512_srlv_epi64(words, whole);
    const __m512i joined = _mm512_or_si512(words, _mm512_alignr_epi64(tails, tails_, 7));
    // Eight bytes each, of which the next lane's overwrite those that are not used.
    _mm512_i64scatter_epi64(to_, _mm512_srli_epi64(begin, 3), joined, 1);
    tails_ = tails;
  }

  [[nodiscard]] BitWriter rest() const {
    const auto at = static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm512_castsi512_si128(at_)));
    const __m512i tail = _mm512_permutexvar_epi64(_mm512_set1_epi64(7), tails_);
    return BitWriter(to_ + at / 8,
                     static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm512_castsi512_si128(tail))),
                     at % 8);
  }

 private:
  std::byte* to_;
  __m512i at_;     // the first bit that is not written, in each lane
  __m512i tails_;  // what the groups last written have left in their last byte
};

// Writes codes by 64: returns how many.
std::size_t PutManyCodes(BitWriter& bits, const std::uint8_t* bytes, std::size_t size,
                         const Entry* codes) {
  constexpr std::size_t kMany = 64;
  std::array<std::uint8_t, 256> low;
  std::array<std::uint8_t, 256> high;
  std::array<std::uint8_t, 256> length;
  for (std::size_t v = 0; v < 256; ++v) {
    const std::uint64_t n = codes[v] & kShiftMask;
    if (n == 1) return 0;  // a group of four might have less than eight bits
    const std::uint64_t code = n == 0 ? 0 : codes[v] >> (64 - n);
    low[v] = static_cast<std::uint8_t>(code & 0xFF);
    high[v] = static_cast<std::uint8_t>(code >> 8);
    length[v] = static_cast<std::uint8_t>(n);
  }
  const ByteTable low_of(low.data());
  const ByteTable high_of(high.data());
  const ByteTable length_of(length.data());
  // Interleaving works in quarters of a register: after this order, it leaves the first half of the
  // bytes in one and the second in the other.
  const __m512i order = _mm512_setr_epi64(0, 4, 1, 5, 2, 6, 3, 7);
  const __m512i zero = _mm512_setzero_si512();
  FoursWriter writer(bits.position(), bits.waiting(), bits.filled());
  std::size_t i = 0;
  for (; i + kMany <= size; i += kMany) {
    const __m512i at = _mm512_permutexvar_epi64(order, _mm512_loadu_si512(bytes + i));
    const __m512i lows = low_of[at];
    const __m512i highs = high_of[at];
    const __m512i lengths = length_of[at];
    writer.Put(FoursOf(_mm512_unpacklo_epi8(lows, highs), _mm512_unpacklo_epi8(lengths, zero)));
    writer.Put(FoursOf(_mm512_unpackhi_epi8(lows, highs), _mm512_unpackhi_epi8(lengths, zero)));
  }
  bits = writer.rest();
  return i;
}

#endif

void PutCodes(BitWriter& to, const std::uint8_t* bytes, std::size_t size, const Entry* codes) {
  BitWriter bits = to;  // in registers
  std::size_t i = 0;
#if HWY_TARGET == HWY_AVX3_DL
  i = PutManyCodes(bits, bytes, size, codes);
#endif
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
