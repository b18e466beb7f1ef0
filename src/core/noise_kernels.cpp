// Random bits to normals, sixty-four at a time, with the same bits on every instruction set.
//
// Only IEEE float32 additions, multiplications and square roots and integer operations are used,
// and the file is compiled with -ffp-contract=off: nothing here may round differently elsewhere.
// The order of operations is the definition of qsample's noise, so no line of the arithmetic may
// change once it is released. tests/core/reference.h has it again for one sample at a time.

#include "core/noise_kernels.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/philox.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/noise_kernels.cpp"
#include <hwy/foreach_target.h>
// foreach_target.h must come first.
#include <hwy/highway.h>

#include "core/pixel_vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace qsample::HWY_NAMESPACE {
namespace {

// Sixteen counters make sixty-four samples, so wider vectors than sixteen lanes have no use.
using DF = hn::CappedTag<float, 16>;
using DU = hn::RebindToUnsigned<DF>;
using DI = hn::RebindToSigned<DF>;
using DU64 = hn::Repartition<std::uint64_t, DU>;
using VF = hn::Vec<DF>;
using VU = hn::Vec<DU>;
using VU64 = hn::Vec<DU64>;

// As philox4x32() for the block numbers in `blocks`, as many as a vector has 64-bit lanes; each
// word of the result is in the low half of a lane. The high halves of c0..c3 hold leftovers, which
// neither MulEven nor the caller looks at. Results of several vectors go by reference, here and
// below, since vectors of SVE may not be members.
HWY_INLINE void PhiloxBlocks(VU64 blocks, NoiseKey key, VU64& c0, VU64& c1, VU64& c2, VU64& c3) {
  const DU64 d64;
  const DU d32;
  const auto m0 = hn::BitCast(d32, hn::Set(d64, std::uint64_t{philox::kMultiplier0}));
  const auto m1 = hn::BitCast(d32, hn::Set(d64, std::uint64_t{philox::kMultiplier1}));
  auto k0 = static_cast<std::uint32_t>(key.seed);
  auto k1 = static_cast<std::uint32_t>(key.seed >> 32);
  c0 = blocks;
  c1 = hn::ShiftRight<32>(blocks);
  c2 = hn::Set(d64, std::uint64_t{key.step});
  c3 = hn::Set(d64, std::uint64_t{2} * key.draw);
  for (int round = 0; round < philox::kRounds; ++round) {
    const VU64 p0 = hn::MulEven(hn::BitCast(d32, c0), m0);
    const VU64 p1 = hn::MulEven(hn::BitCast(d32, c2), m1);
    c0 = hn::Xor(hn::Xor(hn::ShiftRight<32>(p1), c1), hn::Set(d64, std::uint64_t{k0}));
    c1 = p1;
    c2 = hn::Xor(hn::Xor(hn::ShiftRight<32>(p0), c3), hn::Set(d64, std::uint64_t{k1}));
    c3 = p0;
    k0 += philox::kWeyl0;
    k1 += philox::kWeyl1;
  }
}

// The words of even-numbered and odd-numbered blocks, interleaved back into the blocks' order.
HWY_INLINE VU Interleave(VU64 even, VU64 odd) {
  const DU d32;
  return hn::OddEven(hn::BitCast(d32, hn::ShiftLeft<32>(odd)), hn::BitCast(d32, even));
}

// r = sqrt(-2 ln u) with u = fl(w >> 1) 2^-31 + 2^-32 in [2^-32, 1].
HWY_INLINE VF Radius(VU w) {
  const DF df;
  const DI di;
  const auto half = hn::ConvertTo(df, hn::BitCast(di, hn::ShiftRight<1>(w)));
  const auto u = hn::Add(hn::Mul(half, hn::Set(df, 0x1p-31F)), hn::Set(df, 0x1p-32F));

  // u = m 2^k with m in [sqrt(1/2), sqrt(2)).
  const auto kSqrtHalfBits = hn::Set(di, 0x3F3504F3);
  const auto offset = hn::Sub(hn::BitCast(di, u), kSqrtHalfBits);
  const auto k = hn::ConvertTo(df, hn::ShiftRight<23>(offset));
  const auto m_bits = hn::Add(hn::And(offset, hn::Set(di, 0x007FFFFF)), kSqrtHalfBits);
  const auto f = hn::Sub(hn::BitCast(df, m_bits), hn::Set(df, 1.0F));

  // ln(1 + f) = f - f^2/2 + f^3 P(f), P the minimax polynomial of relative error 6e-9.
  const auto f2 = hn::Mul(f, f);
  auto p = hn::Set(df, -0.0763421389256F);
  for (const float coefficient :
       {0.127614027111F, -0.131602049471F, 0.142017842846F, -0.166233581293F, 0.200012257964F,
        -0.25000820982F, 0.333333317182F}) {
    p = hn::Add(hn::Mul(p, f), hn::Set(df, coefficient));
  }
  // ln 2 in two parts, of which the first times k is exact.
  auto ln = hn::Mul(hn::Mul(p, f2), f);
  ln = hn::Add(ln, hn::Mul(k, hn::Set(df, -2.12194440e-4F)));
  ln = hn::Sub(ln, hn::Mul(f2, hn::Set(df, 0.5F)));
  ln = hn::Add(ln, f);
  ln = hn::Add(ln, hn::Mul(k, hn::Set(df, 0.693359375F)));
  return hn::Sqrt(hn::Mul(ln, hn::Set(df, -2.0F)));
}

// Sine and cosine of theta = 2 pi w 2^-32: the nearest quarter turn comes off in integers, exactly.
HWY_INLINE void SinCosOfTurn(VU w, VF& sin, VF& cos) {
  const DF df;
  const DU du;
  const DI di;
  // Of `turned`, the two highest bits are the quarter, the others what is left, an eighth too many.
  const auto turned = hn::Add(w, hn::Set(du, 0x20000000U));
  const auto rest =
      hn::Sub(hn::BitCast(di, hn::And(turned, hn::Set(du, 0x3FFFFFFFU))), hn::Set(di, 0x20000000));
  const auto a = hn::Mul(hn::ConvertTo(df, rest), hn::Set(df, 0x1.921FB6p-30F));  // 2 pi 2^-32
  const auto a2 = hn::Mul(a, a);

  // Minimax on [-pi/4, pi/4]: a + a^3 S(a^2) and 1 - a^2/2 + a^4 C(a^2), errors 4e-9 and 1e-10.
  auto s = hn::Set(df, -0.000195172988878F);
  s = hn::Add(hn::Mul(s, a2), hn::Set(df, 0.00833217814491F));
  s = hn::Add(hn::Mul(s, a2), hn::Set(df, -0.166666549437F));
  s = hn::Add(hn::Mul(hn::Mul(s, a2), a), a);
  auto c = hn::Set(df, 2.44384529413e-5F);
  c = hn::Add(hn::Mul(c, a2), hn::Set(df, -0.00138873675298F));
  c = hn::Add(hn::Mul(c, a2), hn::Set(df, 0.0416666468668F));
  c = hn::Sub(hn::Mul(hn::Mul(c, a2), a2), hn::Mul(a2, hn::Set(df, 0.5F)));
  c = hn::Add(c, hn::Set(df, 1.0F));

  // Turning by quarter * 90 degrees swaps the two where quarter is odd, and changes signs: the
  // sine's in quarters 2 and 3, the cosine's in 1 and 2.
  const auto odd = hn::MaskFromVec(
      hn::BitCast(df, hn::BroadcastSignBit(hn::BitCast(di, hn::ShiftLeft<1>(turned)))));
  const auto sign = hn::Set(du, 0x80000000U);
  const auto sin_sign = hn::And(turned, sign);
  const auto cos_sign = hn::And(hn::Add(turned, hn::Set(du, 0x40000000U)), sign);
  sin = hn::Xor(hn::IfThenElse(odd, c, s), hn::BitCast(df, sin_sign));
  cos = hn::Xor(hn::IfThenElse(odd, s, c), hn::BitCast(df, cos_sign));
}

// Calls put(i, z) for z = samples 64 group + i and the following, until there were sixty-four.
template <class Put>
HWY_INLINE void ForNoiseOfGroup(NoiseKey key, std::uint64_t group, const Put& put) {
  const DF df;
  const DU64 d64;
  const auto iota2 = hn::ShiftLeft<1>(hn::Iota(d64, 0));
  for (std::size_t i = 0; i < 16; i += hn::Lanes(df)) {
    const auto even = hn::Add(hn::Set(d64, group * 16 + i), iota2);
    VU64 e0, e1, e2, e3;
    PhiloxBlocks(even, key, e0, e1, e2, e3);
    VU64 o0, o1, o2, o3;
    PhiloxBlocks(hn::Add(even, hn::Set(d64, std::uint64_t{1})), key, o0, o1, o2, o3);
    VF sin, cos;
    SinCosOfTurn(Interleave(e1, o1), sin, cos);
    const VF r0 = Radius(Interleave(e0, o0));
    put(i, hn::Mul(r0, sin));
    put(16 + i, hn::Mul(r0, cos));
    SinCosOfTurn(Interleave(e3, o3), sin, cos);
    const VF r1 = Radius(Interleave(e2, o2));
    put(32 + i, hn::Mul(r1, sin));
    put(48 + i, hn::Mul(r1, cos));
  }
}

HWY_INLINE void NoiseGroup(NoiseKey key, std::uint64_t group, float* HWY_RESTRICT eps) {
  ForNoiseOfGroup(key, group, [=](std::size_t i, VF z) HWY_ATTR { hn::StoreU(z, DF(), eps + i); });
}

// Calls run(group, skip, take, at) for the groups that samples first .. first + count - 1 lie in:
// index `at` of them and the following are samples skip .. skip + take - 1 of the group, which are
// all sixty-four but at the ends.
template <class Run>
HWY_INLINE void ForGroups(std::uint64_t first, std::size_t count, const Run& run) {
  for (std::size_t done = 0; done < count;) {
    const std::uint64_t sample = first + done;
    const std::size_t skip = sample % 64;
    const std::size_t take = std::min<std::size_t>(64 - skip, count - done);
    run(sample / 64, skip, take, done);
    done += take;
  }
}

void GaussianNoise(NoiseKey key, std::uint64_t first, float* eps, std::size_t count) {
  ForGroups(first, count,
            [=](std::uint64_t group, std::size_t skip, std::size_t take, std::size_t at) HWY_ATTR {
              if (take == 64) return NoiseGroup(key, group, eps + at);
              std::array<float, 64> buffer;
              NoiseGroup(key, group, buffer.data());
              std::copy_n(buffer.data() + skip, take, eps + at);
            });
}

// What NoisePixels does to each pixel.
struct Blend {
  float x0, eps;
  Range range;
  float scale;
};

template <class D, class T>
HWY_INLINE std::size_t BlendPixels(D d, hn::Vec<D> z, const Blend& blend, T* pixels) {
  const auto xt = Mixed(d, XOfPixels(d, pixels), blend.x0, z, blend.eps);
  return StorePixels(d, xt, blend.range, blend.scale, pixels);
}

// From integers to integers in registers: neither x_0 nor eps nor x_t is ever in memory.
template <class T>
HWY_INLINE std::size_t NoisePixels(NoiseKey key, std::uint64_t first, Mix mix, Range range,
                                   T* pixels, std::size_t count) {
  const Blend blend{static_cast<float>(mix.x0), static_cast<float>(mix.eps), range,
                    ScaleOf<T>(range)};
  std::size_t clipped = 0;
  ForGroups(first, count,
            [=, &clipped](std::uint64_t group, std::size_t skip, std::size_t take, std::size_t at)
                HWY_ATTR {
                  if (take == 64) {
                    ForNoiseOfGroup(key, group, [=, &clipped](std::size_t i, VF z) HWY_ATTR {
                      clipped += BlendPixels(DF(), z, blend, pixels + at + i);
                    });
                    return;
                  }
                  std::array<float, 64> buffer;
                  NoiseGroup(key, group, buffer.data());
                  const hn::CappedTag<float, 1> one;
                  for (std::size_t i = 0; i < take; ++i) {
                    clipped +=
                        BlendPixels(one, hn::LoadU(one, &buffer[skip + i]), blend, pixels + at + i);
                  }
                });
  return clipped;
}

std::size_t NoisePixels8(NoiseKey key, std::uint64_t first, Mix mix, Range range,
                         std::uint8_t* pixels, std::size_t count) {
  return NoisePixels(key, first, mix, range, pixels, count);
}
std::size_t NoisePixels16(NoiseKey key, std::uint64_t first, Mix mix, Range range,
                          std::uint16_t* pixels, std::size_t count) {
  return NoisePixels(key, first, mix, range, pixels, count);
}

}  // namespace
}  // namespace qsample::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace qsample {

HWY_EXPORT(GaussianNoise);
HWY_EXPORT(NoisePixels8);
HWY_EXPORT(NoisePixels16);

void gaussian_noise_kernel(NoiseKey key, std::uint64_t first, float* eps, std::size_t count) {
  HWY_DYNAMIC_DISPATCH(GaussianNoise)(key, first, eps, count);
}

std::size_t noise_pixels_kernel(NoiseKey key, std::uint64_t first, Mix mix, Range range,
                                std::uint8_t* pixels, std::size_t count) {
  return HWY_DYNAMIC_DISPATCH(NoisePixels8)(key, first, mix, range, pixels, count);
}

std::size_t noise_pixels_kernel(NoiseKey key, std::uint64_t first, Mix mix, Range range,
                                std::uint16_t* pixels, std::size_t count) {
  return HWY_DYNAMIC_DISPATCH(NoisePixels16)(key, first, mix, range, pixels, count);
}

const char* simd_target_name() {
  const auto supported = static_cast<std::uint64_t>(hwy::SupportedTargets() & HWY_TARGETS);
  return hwy::TargetName(static_cast<std::int64_t>(supported & (~supported + 1)));
}

}  // namespace qsample
#endif  // HWY_ONCE
