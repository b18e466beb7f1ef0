// Which instruction sets this machine has: the two functions of Highway's library that its dispatch
// needs, so that the library need not be loaded. As Debian has it, it measures its timer whenever
// it is, which takes 3.5 ms: more than all else that `qsample --version` does.

#include <cpuid.h>

#include <cstdint>

#include <hwy/highway.h>

namespace qsample {
namespace {

// The compiler's word for these two is missing from Clang 14.
bool has_lzcnt_and_f16c() {
  constexpr unsigned kF16c = 1U << 29;
  constexpr unsigned kLzcnt = 1U << 5;
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & kF16c) == 0) return false;
  return __get_cpuid(0x80000001, &a, &b, &c, &d) != 0 && (c & kLzcnt) != 0;
}

// Each set as Highway's compilation of it needs it (hwy/ops/set_macros-inl.h), and those below it.
// That the system saves the registers is looked at by the compiler's function.
std::int64_t supported() {
  __builtin_cpu_init();
  std::int64_t targets = HWY_ENABLED_BASELINE;
  if (!__builtin_cpu_supports("ssse3")) return targets;
  targets |= HWY_SSSE3;
  if (!(__builtin_cpu_supports("sse4.1") && __builtin_cpu_supports("sse4.2") &&
        __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("aes"))) {
    return targets;
  }
  targets |= HWY_SSE4;
  if (!(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
        __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") && has_lzcnt_and_f16c())) {
    return targets;
  }
  targets |= HWY_AVX2;
  if (!(__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw"))) {
    return targets;
  }
  targets |= HWY_AVX3;
  // Highway's list also has VAES and AVX-VNNI. Ciphers and sums of products of bytes are not in
  // what is compiled for it here, and the second is missing from machines that have all the rest.
  if (!(__builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2") &&
        __builtin_cpu_supports("avx512bitalg") && __builtin_cpu_supports("avx512vpopcntdq") &&
        __builtin_cpu_supports("vpclmulqdq"))) {
    return targets;
  }
  return targets | HWY_AVX3_DL;
}

}  // namespace
}  // namespace qsample

namespace hwy {

// Weak, for a program that has Highway's own from a static library.
[[gnu::weak]] std::int64_t SupportedTargets() {
  static const std::int64_t targets = qsample::supported();
  return targets;
}

[[gnu::weak]] ChosenTarget& GetChosenTarget() {
  static ChosenTarget chosen;
  return chosen;
}

}  // namespace hwy
