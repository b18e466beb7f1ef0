// Filtering looks at the unfiltered neighbours only, so a vector of bytes goes at a time.

#include "formats/png/deflate/png_kernels.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "formats/png/deflate/png_kernels.cpp"
#include <hwy/foreach_target.h>
// foreach_target.h must come first.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace qsample::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

template <class V>
HWY_INLINE V AbsoluteDifference(V x, V y) {
  return hn::Or(hn::SaturatedSub(x, y), hn::SaturatedSub(y, x));
}

// x <= y, which Highway compares for signed bytes only.
template <class V>
HWY_INLINE auto AtMost(V x, V y) {
  return hn::Eq(hn::Min(x, y), x);
}

// The neighbour a (left), b (above) or c (above left) nearest to a + b - c, in that order of
// preference.
template <class V>
HWY_INLINE V PaethPredictor(V a, V b, V c) {
  const V pa = AbsoluteDifference(b, c);
  const V pb = AbsoluteDifference(a, c);
  // |(b - c) + (a - c)|: a sum where the two go the same way, else a difference. Where the sum
  // saturates, c is farthest anyway.
  const auto opposite = hn::Xor(AtMost(c, a), AtMost(c, b));
  const V pc = hn::IfThenElse(opposite, AbsoluteDifference(pa, pb), hn::SaturatedAdd(pa, pb));
  const V b_or_c = hn::IfThenElse(AtMost(pb, pc), b, c);
  return hn::IfThenElse(hn::And(AtMost(pa, pb), AtMost(pa, pc)), a, b_or_c);
}

template <class Predictor>
HWY_INLINE void FilterWith(const std::uint8_t* row, const std::uint8_t* above, std::size_t stride,
                           std::size_t size, std::uint8_t* out, const Predictor& predictor) {
  const hn::ScalableTag<std::uint8_t> d;
  const auto at = [&](auto tag, std::size_t i) HWY_ATTR {
    const auto a = hn::LoadU(tag, row + i - stride);
    const auto b = hn::LoadU(tag, above + i);
    const auto c = hn::LoadU(tag, above + i - stride);
    hn::StoreU(hn::Sub(hn::LoadU(tag, row + i), predictor(a, b, c)), tag, out + i);
  };
  // The first pixel has nothing to its left.
  std::size_t i = 0;
  for (const hn::CappedTag<std::uint8_t, 1> one; i < std::min(stride, size); ++i) {
    const auto b = hn::LoadU(one, above + i);
    const auto predicted = predictor(hn::Zero(one), b, hn::Zero(one));
    hn::StoreU(hn::Sub(hn::LoadU(one, row + i), predicted), one, out + i);
  }
  for (; i + hn::Lanes(d) <= size; i += hn::Lanes(d)) at(d, i);
  for (; i < size; ++i) at(hn::CappedTag<std::uint8_t, 1>(), i);
}

void FilterRow(PngFilter filter, const std::uint8_t* row, const std::uint8_t* above,
               std::size_t stride, std::size_t size, std::uint8_t* out) {
  switch (filter) {
    case PngFilter::none:
      FilterWith(row, above, stride, size, out,
                 [](auto a, auto, auto) HWY_ATTR { return hn::Zero(hn::DFromV<decltype(a)>()); });
      break;
    case PngFilter::sub:
      FilterWith(row, above, stride, size, out, [](auto a, auto, auto) HWY_ATTR { return a; });
      break;
    case PngFilter::up:
      FilterWith(row, above, stride, size, out, [](auto, auto b, auto) HWY_ATTR { return b; });
      break;
    case PngFilter::average:
      // floor((a + b) / 2) from the average that rounds up.
      FilterWith(row, above, stride, size, out, [](auto a, auto b, auto) HWY_ATTR {
        const hn::DFromV<decltype(a)> d;
        const auto odd = hn::And(hn::Xor(a, b), hn::Set(d, std::uint8_t{1}));
        return hn::Sub(hn::AverageRound(a, b), odd);
      });
      break;
    case PngFilter::paeth:
      FilterWith(row, above, stride, size, out,
                 [](auto a, auto b, auto c) HWY_ATTR { return PaethPredictor(a, b, c); });
      break;
  }
}

}  // namespace
}  // namespace qsample::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace qsample {

HWY_EXPORT(FilterRow);

void png_filter_row(PngFilter filter, const std::uint8_t* row, const std::uint8_t* above,
                    std::size_t stride, std::size_t size, std::uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(FilterRow)(filter, row, above, stride, size, out);
}

}  // namespace qsample
#endif  // HWY_ONCE
