#include "formats/png/deflate/huffman_deflate.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

#include "formats/png/deflate/bit_writer.h"
#include "formats/png/deflate/huffman_kernels.h"

namespace qsample {
namespace {

constexpr std::size_t kLiterals = 257;  // the bytes, and the end of a block
constexpr std::size_t kEndOfBlock = 256;
constexpr int kMaxLength = BitWriter::kMaxCode;
constexpr int kMaxLengthOfLengths = 7;
// Bytes are looked at in pieces, and pieces that are alike make one block.
constexpr std::size_t kPiece = std::size_t{1} << 14;
constexpr double kHeaderBits = 8 * 80;  // of a block's own, about
// From so many bytes on, one run in so many of this length is counted in longer pieces, which is
// enough to tell how often bytes occur but not which do.
constexpr std::size_t kWorthSampling = std::size_t{3} << 17;
constexpr std::size_t kSampledPiece = 2 * kPiece;
constexpr std::size_t kSampledRun = 256;
constexpr std::uint32_t kSampledShare = 4;
// By so much a histogram's entropy falls short of that of what it is a sample of: Miller and
// Madow's 255 / 2 nats.
constexpr double kSampleBits = 184;
constexpr std::size_t kLengthSymbols = 19;
// The order in which a block's header gives the lengths of the code lengths' own code.
constexpr std::array<std::uint8_t, kLengthSymbols> kLengthOrder = {
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
constexpr std::uint8_t kRepeat = 16;  // the last length, 3 to 6 times more, in two further bits

// Canonical codes of these lengths (RFC 1951, 3.2.2), bits reversed, as deflate writes them.
std::vector<Entry> codes_of(std::span<const std::uint8_t> lengths) {
  std::array<std::uint32_t, 16> counts{};
  for (const std::uint8_t length : lengths) ++counts[length];
  counts[0] = 0;
  std::array<std::uint32_t, 16> next{};
  for (std::size_t length = 1; length < next.size(); ++length) {
    next[length] = (next[length - 1] + counts[length - 1]) << 1;
  }
  std::vector<Entry> codes(lengths.size());
  for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol) {
    const int length = lengths[symbol];
    if (length == 0) continue;
    std::uint32_t code = next[static_cast<std::size_t>(length)]++;
    std::uint64_t reversed = 0;
    for (int bit = 0; bit < length; ++bit, code >>= 1) reversed = reversed << 1 | (code & 1);
    codes[symbol] = entry_of(reversed, lengths[symbol]);
  }
  return codes;
}

// The lengths of a block's codes as symbols of their own alphabet, with what follows a repeat.
struct LengthSymbol {
  std::uint8_t symbol;
  std::uint8_t extra;
};

std::vector<LengthSymbol> run_lengths(std::span<const std::uint8_t> lengths) {
  std::vector<LengthSymbol> symbols;
  for (std::size_t i = 0; i < lengths.size();) {
    std::size_t run = 1;
    while (i + run < lengths.size() && lengths[i + run] == lengths[i]) ++run;
    symbols.push_back({lengths[i], 0});
    std::size_t left = run - 1;
    for (; left >= 3; left -= std::min<std::size_t>(left, 6)) {
      symbols.push_back({kRepeat, static_cast<std::uint8_t>(std::min<std::size_t>(left, 6) - 3)});
    }
    for (; left > 0; --left) symbols.push_back({lengths[i], 0});
    i += run;
  }
  return symbols;
}

void put_header(BitWriter& bits, std::span<const std::uint8_t> literal_lengths, bool last) {
  // A single distance code of no bits: there are no distances.
  std::vector<std::uint8_t> lengths(literal_lengths.begin(), literal_lengths.end());
  lengths.push_back(0);
  const auto symbols = run_lengths(lengths);
  std::array<std::uint32_t, kLengthSymbols> frequencies{};
  for (const LengthSymbol& one : symbols) ++frequencies[one.symbol];
  const auto own_lengths = code_lengths(frequencies, kMaxLengthOfLengths);
  const auto own_codes = codes_of(own_lengths);
  std::size_t given = kLengthSymbols;
  while (given > 4 && own_lengths[kLengthOrder[given - 1]] == 0) --given;

  bits.put_bits(last ? 1 : 0, 1);
  bits.put_bits(2, 2);  // a block with codes of its own
  bits.put_bits(kLiterals - 257, 5);
  bits.put_bits(0, 5);
  bits.put_bits(given - 4, 4);
  for (std::size_t i = 0; i < given; ++i) bits.put_bits(own_lengths[kLengthOrder[i]], 3);
  for (const LengthSymbol& one : symbols) {
    bits.put(own_codes[one.symbol]);
    if (one.symbol == kRepeat) bits.put_bits(one.extra, 2);
  }
}

void put_block(BitWriter& bits, std::span<const std::uint8_t> bytes, const Histogram& histogram,
               bool last) {
  std::array<std::uint32_t, kLiterals> frequencies{};
  std::copy(histogram.begin(), histogram.end(), frequencies.begin());
  frequencies[kEndOfBlock] = 1;
  const auto lengths = code_lengths(frequencies, kMaxLength);
  put_header(bits, lengths, last);
  const auto codes = codes_of(lengths);

  put_codes(bits, bytes, codes.data());
  bits.put(codes[kEndOfBlock]);
}

// log2 of a positive number within 1e-3: exponent and a parabola, which compilers turn into
// vectors.
inline float rough_log2(float x) {
  const auto bits = std::bit_cast<std::int32_t>(x);
  const auto m = std::bit_cast<float>((bits & 0x007FFFFF) | 0x3F800000);
  return static_cast<float>((bits >> 23) - 127) + (-0.33582878F * m + 2.0F) * m - 1.65871022F;
}

// How often each byte occurs, by a sample: of so many neighbouring runs one, now this and now that,
// lest it be the same columns of every row.
Histogram sampled_histogram_of(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t kWindow = kSampledShare * kSampledRun;
  ByteCounter counter;
  for (std::uint32_t window = 0; window * kWindow < bytes.size(); ++window) {
    const std::uint64_t choice =
        std::uint64_t{std::uint32_t{window * 0x9E3779B1U}} * kSampledShare >> 32;
    const auto at = std::min(window * kWindow + choice * kSampledRun, bytes.size());
    counter.add(bytes.subspan(at, std::min(kSampledRun, bytes.size() - at)));
  }
  return counter.histogram();
}

// Frequencies to make codes of: any byte may occur that the sample has missed.
Histogram with_unseen(Histogram sample) {
  for (std::uint32_t& n : sample) n = kSampledShare * n + 1;
  return sample;
}

}  // namespace

void ByteCounter::add(std::span<const std::uint8_t> bytes) {
  std::size_t i = 0;
  for (; i + 4 <= bytes.size(); i += 4) {
    for (std::size_t k = 0; k < 4; ++k) ++counts_[k][bytes[i + k]];
  }
  for (; i < bytes.size(); ++i) ++counts_[0][bytes[i]];
}

Histogram ByteCounter::histogram() const {
  Histogram sum{};
  for (std::size_t v = 0; v < sum.size(); ++v) {
    sum[v] = counts_[0][v] + counts_[1][v] + counts_[2][v] + counts_[3][v];
  }
  return sum;
}

Histogram histogram_of(std::span<const std::uint8_t> bytes) {
  ByteCounter counter;
  counter.add(bytes);
  return counter.histogram();
}

double entropy_bits(const Histogram& histogram) {
  // n log2 n for each count; a count of 0 adds 0 whatever its logarithm.
  float total = 0;
  float sum = 0;
  for (const std::uint32_t n : histogram) {
    const auto count = static_cast<float>(static_cast<std::int32_t>(n));
    total += count;
    sum += count * rough_log2(count + 1e-6F);
  }
  return total == 0 ? 0
                    : static_cast<double>(total) * std::log2(static_cast<double>(total)) -
                          static_cast<double>(sum);
}

std::vector<std::uint8_t> code_lengths(std::span<const std::uint32_t> frequencies, int max_length) {
  constexpr std::uint64_t kSymbol = 0xFFFF;
  std::vector<std::uint8_t> lengths(frequencies.size());
  std::vector<std::uint64_t> symbols;  // frequency above, symbol below
  symbols.reserve(frequencies.size());
  for (std::size_t i = 0; i < frequencies.size(); ++i) {
    if (frequencies[i] > 0) symbols.push_back(std::uint64_t{frequencies[i]} << 16 | i);
  }
  if (symbols.size() == 1) {
    lengths[symbols[0] & kSymbol] = 1;
    return lengths;
  }
  std::sort(symbols.begin(), symbols.end());

  // A row of coins for each length, from the longest: the symbols, and pairs of the coins one
  // longer, in order of weight. Of each row only which coins are pairs has to be kept.
  constexpr std::uint64_t kHeavy = std::uint64_t{1} << 62;  // and twice that, for the ends of lists
  std::vector<std::uint64_t> singles;
  singles.reserve(symbols.size() + 1);
  for (const std::uint64_t symbol : symbols) singles.push_back(symbol >> 16);
  std::vector<std::uint64_t> coins = singles;
  singles.push_back(2 * kHeavy + 1);
  std::vector<std::uint64_t> merged;
  std::vector<std::vector<char>> is_pair = {std::vector<char>(symbols.size(), 0)};
  for (int row = 1; row < max_length; ++row) {
    const std::size_t pairs = coins.size() / 2;
    coins.resize(2 * pairs);
    coins.insert(coins.end(), 2, kHeavy);
    merged.resize(symbols.size() + pairs);
    std::vector<char> flags(merged.size());
    // Which of the two is next can't be foretold, so it is counted with and not branched on.
    std::size_t single = 0;
    std::size_t pair = 0;
    for (std::size_t at = 0; at < merged.size(); ++at) {
      const std::uint64_t weight = coins[2 * pair] + coins[2 * pair + 1];
      const std::size_t is_lighter = weight < singles[single] ? 1 : 0;
      merged[at] = std::min(weight, singles[single]);
      flags[at] = static_cast<char>(is_lighter);
      pair += is_lighter;
      single += 1 - is_lighter;
    }
    coins.swap(merged);
    is_pair.push_back(std::move(flags));
  }
  // The 2 n - 2 lightest coins of the last row are taken. The p pairs among them stand for the
  // first 2 p coins of the row before, and so on; a symbol's length is the number of rows that it
  // was taken in, and these are the lighter ones of each row.
  std::size_t taken = 2 * symbols.size() - 2;
  std::reverse(is_pair.begin(), is_pair.end());
  for (const auto& row : is_pair) {
    const auto pairs = static_cast<std::size_t>(
        std::count(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(taken), 1));
    for (std::size_t i = 0; i < taken - pairs; ++i) ++lengths[symbols[i] & kSymbol];
    taken = 2 * pairs;
  }
  return lengths;
}

std::size_t huffman_room(std::size_t size) {
  // A code of fourteen bits for each byte, a header for each block, and what the writer stores
  // ahead.
  constexpr std::size_t kHeaderRoom = 512;
  return size * kMaxLength / 8 + (size / kPiece + 2) * kHeaderRoom;
}

std::size_t write_huffman_blocks(std::span<const std::uint8_t> bytes, bool last, std::byte* to) {
  const bool sampled = bytes.size() >= kWorthSampling;
  const std::size_t most = sampled ? kSampledPiece : kPiece;
  const auto cost_of = [=](const Histogram& histogram) {
    const double bits = entropy_bits(histogram);
    return kHeaderBits + (sampled ? kSampledShare * (bits + kSampleBits) : bits);
  };
  BitWriter bits(to);
  const auto put = [&](std::size_t size, const Histogram& histogram, bool is_last) {
    put_block(bits, bytes.first(size), sampled ? with_unseen(histogram) : histogram, is_last);
    bytes = bytes.subspan(size);
  };
  std::size_t block = 0;  // pieces that wait for more that are like them
  Histogram histogram{};
  double cost = 0;
  while (block < bytes.size()) {
    const auto piece = bytes.subspan(block, std::min(most, bytes.size() - block));
    const Histogram own = sampled ? sampled_histogram_of(piece) : histogram_of(piece);
    Histogram both = histogram;
    for (std::size_t v = 0; v < both.size(); ++v) both[v] += own[v];
    const double cost_of_both = cost_of(both);
    if (block == 0 || cost_of_both <= cost + cost_of(own)) {
      histogram = both;
      cost = cost_of_both;
      block += piece.size();
      continue;
    }
    put(block, histogram, false);
    histogram = {};
    block = 0;
  }
  put(block, histogram, last);
  if (!last) {
    bits.put_bits(0, 3);  // an empty stored block
    bits.to_byte_edge();
    bits.put_bits(0xFFFF0000, 32);
  }
  bits.to_byte_edge();
  return static_cast<std::size_t>(bits.position() - to);
}

}  // namespace qsample
