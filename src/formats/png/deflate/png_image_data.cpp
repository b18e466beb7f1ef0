#include "formats/png/deflate/png_image_data.h"

#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/byte_order.h"
#include "base/parallel.h"
#include "formats/png/deflate/huffman_deflate.h"
#include "formats/png/deflate/match_deflate.h"

namespace qsample {
namespace {

// In so many places, so many bytes each, it is looked whether bytes come again, and from this share
// on matches are tried. Photographs without noise have more, those of t = 1 less.
constexpr std::size_t kProbes = 4;
constexpr std::size_t kProbe = std::size_t{1} << 13;
constexpr double kMatchingShare = 0.02;
// Stripes in a piece with matches, which begin anew in each.
constexpr std::size_t kStripesTogether = 8;
constexpr std::size_t kStripesTogetherForSmall = 16;
// A thread holds a few pieces. So that all of them take little beside the image, there are no more
// than one for so many pieces, beyond the first few.
constexpr std::size_t kPiecesAThread = 32;
constexpr std::size_t kFewThreads = 4;
// Whether filters help matches is told by what so many rows out of as many places make, of about so
// many bytes.
constexpr std::size_t kTrials = 4;
constexpr std::size_t kTrial = std::size_t{1} << 17;
constexpr int kFastLevel = 6;
constexpr int kSmallLevel = 12;

constexpr std::array kZlibHeader = {std::byte{0x78}, std::byte{0x01}};

using Stripes = std::span<const PngStripe>;

// Filtered rows, and where they come from.
struct Filtered {
  std::unique_ptr<std::uint8_t[]> memory;
  std::size_t size;

  [[nodiscard]] std::span<const std::uint8_t> bytes() const { return {memory.get(), size}; }
};

// All rows of the stripes, in their filters or in none.
Filtered filtered(const PngRows& rows, Stripes stripes, bool filter) {
  const std::size_t line = rows.row_bytes() + 1;
  const std::size_t first = stripes.front().first;
  Filtered out{nullptr, (stripes.back().last - first) * line};
  out.memory = std::make_unique_for_overwrite<std::uint8_t[]>(out.size);
  for (const PngStripe& stripe : stripes) {
    png_filter_rows(rows, stripe.first, stripe.last, filter ? stripe.filter : PngFilter::none,
                    out.memory.get() + (stripe.first - first) * line);
  }
  return out;
}

// A piece of the deflate stream, with room for what the zlib stream has before and behind it.
class Piece {
 public:
  Piece(const Filtered& from, std::size_t room)
      : memory_(
            std::make_unique_for_overwrite<std::byte[]>(kZlibHeader.size() + room + sizeof adler_)),
        adler_(libdeflate_adler32(1, from.memory.get(), from.size)),
        inflated_(from.size) {}

  [[nodiscard]] std::byte* begin() { return memory_.get() + kZlibHeader.size(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  void set_size(std::size_t size) { size_ = size; }

  // With this piece, what `adler` is the checksum of goes on.
  void add_to(std::uint32_t& adler) const {
    adler = static_cast<std::uint32_t>(
        ::adler32_combine(adler, adler_, static_cast<z_off_t>(inflated_)));
  }

  // Its bytes in the zlib stream, which ends with `adler` where it is the last.
  [[nodiscard]] Bytes in_stream(bool is_first, bool is_last, std::uint32_t adler) {
    Bytes bytes(begin(), size_);
    if (is_last) {
      write_number(std::endian::big, adler, sizeof adler, begin() + size_);
      bytes = {begin(), size_ + sizeof adler};
    }
    if (!is_first) return bytes;
    std::copy(kZlibHeader.begin(), kZlibHeader.end(), memory_.get());
    return {memory_.get(), bytes.size() + kZlibHeader.size()};
  }

 private:
  std::unique_ptr<std::byte[]> memory_;
  std::size_t size_ = 0;
  std::uint32_t adler_;   // of the bytes that it inflates to
  std::size_t inflated_;  // how many they are
};

// The piece without matches: each stripe has blocks of its own.
Piece with_codes_only(const PngRows& rows, Stripes stripes, const Filtered& from) {
  std::size_t room = 0;
  const auto size_of = [&](const PngStripe& stripe) {
    return (stripe.last - stripe.first) * (rows.row_bytes() + 1);
  };
  for (const PngStripe& stripe : stripes) room += huffman_room(size_of(stripe));
  Piece piece(from, room);
  auto left = from.bytes();
  for (const PngStripe& stripe : stripes) {
    const auto size = write_huffman_blocks(left.first(size_of(stripe)), stripe.last == rows.count(),
                                           piece.begin() + piece.size());
    piece.set_size(piece.size() + size);
    left = left.subspan(size_of(stripe));
  }
  return piece;
}

// Replaces `best` by the bytes of `from` with matches, if they are smaller.
void try_matches(MatchDeflater& deflater, const Filtered& from, bool is_last, Piece& best) {
  Piece piece(from, best.size());
  piece.set_size(deflater.write(from.bytes(), is_last, {piece.begin(), best.size()}));
  if (piece.size() > 0) best = std::move(piece);
}

// Whether stripes take less with matches where they are filtered, as judged by parts of them.
bool filters_help(const PngRows& rows, Stripes stripes, MatchDeflater& deflater) {
  std::array<std::size_t, 2> sizes{};
  const std::size_t first = stripes.front().first;
  const std::size_t count = stripes.back().last - first;
  const std::size_t height = std::max<std::size_t>(1, kTrial / rows.row_bytes());
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    const std::size_t y = first + count * (2 * trial + 1) / (2 * kTrials);
    const auto stripe = std::find_if(stripes.begin(), stripes.end(),
                                     [=](const PngStripe& one) { return y < one.last; });
    const PngStripe part{y, std::min(y + height, stripe->last), stripe->filter};
    for (const bool filter : {false, true}) {
      sizes[filter ? 1 : 0] += deflater.size_of(filtered(rows, {&part, 1}, filter).bytes());
    }
  }
  return sizes[1] <= sizes[0];
}

Piece with_matches(const PngRows& rows, Stripes stripes, int level) {
  const bool is_last = stripes.back().last == rows.count();
  MatchDeflater deflater(level);
  auto from = filtered(rows, stripes, true);
  Piece best = with_codes_only(rows, stripes, from);
  const bool is_small = from.size <= 2 * kTrials * kTrial;
  const bool filter = is_small || level == kSmallLevel || filters_help(rows, stripes, deflater);
  if (filter) try_matches(deflater, from, is_last, best);
  if (!filter || is_small || level == kSmallLevel) {
    from = filtered(rows, stripes, false);
    try_matches(deflater, from, is_last, best);
  }
  return best;
}

// Whether matches may make the image smaller: whether it comes often enough, in rows from all over
// it, that the next eight bytes were seen shortly before. In noise, they hardly ever were.
bool may_have_matches(const PngRows& rows, Stripes stripes) {
  constexpr int kHashBits = 12;
  constexpr std::uint64_t kGoldenRatio = 0x9E3779B97F4A7C15;
  std::vector<std::uint64_t> seen(std::size_t{1} << kHashBits);
  std::size_t positions = 0;
  std::size_t found = 0;
  for (std::size_t probe = 0; probe < kProbes; ++probe) {
    const std::size_t first = rows.count() * (2 * probe + 1) / (2 * kProbes);
    const auto stripe = std::find_if(stripes.begin(), stripes.end(),
                                     [=](const PngStripe& one) { return first < one.last; });
    const std::size_t last = first + std::max<std::size_t>(1, kProbe / rows.row_bytes());
    const PngStripe part{first, std::min(last, rows.count()), stripe->filter};
    const auto from = filtered(rows, {&part, 1}, true);
    const auto bytes = from.bytes();
    for (std::size_t i = 0; i + 8 <= bytes.size(); ++i, ++positions) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes.data() + i, 8);
      auto& slot = seen[word * kGoldenRatio >> (64 - kHashBits)];
      found += slot == word ? 1 : 0;
      slot = word;
    }
  }
  return static_cast<double>(found) > kMatchingShare * static_cast<double>(positions);
}

}  // namespace

void put_png_image_data(const PngRows& rows, Compression compression, const RunOptions& run,
                        const std::function<void(Bytes piece)>& put) {
  const auto stripes = png_stripes(rows, run.workers);
  const bool small = compression == Compression::small;
  const bool matches = small || may_have_matches(rows, stripes);
  const std::size_t together = !matches ? 1 : small ? kStripesTogetherForSmall : kStripesTogether;
  const std::size_t count = (stripes.size() + together - 1) / together;
  const auto stripes_of = [&](std::size_t i) {
    const auto rest = Stripes(stripes).subspan(i * together);
    return rest.first(std::min(together, rest.size()));
  };

  const auto most = static_cast<int>(std::max(kFewThreads, count / kPiecesAThread));
  std::uint32_t adler = 1;
  parallel_in_order(
      count, matches ? std::min(run.workers, most) : run.workers,
      [&](std::size_t i) {
        throw_if(run.stop);
        if (matches) return with_matches(rows, stripes_of(i), small ? kSmallLevel : kFastLevel);
        return with_codes_only(rows, stripes_of(i), filtered(rows, stripes_of(i), true));
      },
      [&](std::size_t i, Piece piece) {
        piece.add_to(adler);
        put(piece.in_stream(i == 0, i + 1 == count, adler));
        run.tell({"rows written", stripes_of(i).back().last, rows.count()});
      });
}

}  // namespace qsample
