// The noise that other libraries draw for a seed, to hold one's results against theirs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace qsample {

/// The CPU generator of PyTorch, torch.Generator().manual_seed(seed): Mersenne Twister, of whose
/// seed only the low 32 bits count.
class TorchGenerator {
 public:
  explicit TorchGenerator(std::uint64_t seed);
  TorchGenerator(const TorchGenerator&) = delete;
  TorchGenerator& operator=(const TorchGenerator&) = delete;
  ~TorchGenerator();

  /// What torch.randn of out.size() float32 samples gives next, in the order of the tensor's memory
  /// (NCHW: planes one after the other). Bit for bit for fewer than 16 samples; from 16 on within
  /// 3e-6 in absolute value, since PyTorch's own logarithm and sine differ by instruction set.
  void randn(std::span<float> out);

  /// The same of torch.randn(..., dtype=torch.float64), within 2e-15: another stream, but for fewer
  /// than 16 samples.
  void randn(std::span<double> out);

  /// The same of 16-bit floats, bit for bit: float16, or bfloat16. Other streams likewise.
  void randn_float16(std::span<float> out);
  void randn_bfloat16(std::span<float> out);

  /// What torch.rand of out.size() float32 samples gives next, in [0, 1), bit for bit.
  void rand(std::span<float> out);

  /// Goes on as after a randn of `count` samples; `words` of the generator a sample: 2 of float64,
  /// 1 of others.
  void skip_randn(std::size_t count, std::size_t words = 1);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What torch.randn of out.size() samples gives first on a CUDA device after manual_seed(seed): the
/// uniforms are those of the device in float32, the logarithm and the sine are float64 here and the
/// device's fast ones there, which leaves up to about 1e-5 (2e-6 times the sample's radius). Known
/// samples agree in all digits published; no device has been compared with.
///
/// The samples are shared out among the threads that the device has at once: its multiprocessors
/// times the threads of each (2048 of A100 and H100, 1536 of RTX 30 and 40, 1024 of T4). Where
/// `threads` is 0, unknown, each sample is taken for the first of a thread of its own, which holds
/// up to kTorchCudaSure samples on a small device (T4: 40 times 1024), kTorchCudaMost on the
/// largest known (H100: 132 times 2048). Throws InvalidArgument for more of them, and for threads
/// that are no multiple of 256.
void torch_cuda_randn(std::uint64_t seed, std::span<float> out, std::size_t threads = 0);
inline constexpr std::size_t kTorchCudaSure = std::size_t{40} * 1024;
inline constexpr std::size_t kTorchCudaMost = std::size_t{132} * 2048;

/// What numpy.random.normal(0, 1) gives after numpy.random.seed(seed), which is RandomState(seed)
/// as well: Mersenne Twister and the polar method of Marsaglia, bit for bit where the C library's
/// logarithm is rounded as numpy's is. `skipped`: what it gives after that many samples. Throws
/// InvalidArgument for a seed beyond 2^32 - 1, as numpy does.
void numpy_legacy_normal(std::uint64_t seed, std::span<double> out, std::uint64_t skipped = 0);

/// What numpy.random.default_rng(seed).standard_normal(out.size(), dtype=float32) gives, bit for
/// bit: PCG64 seeded by SeedSequence, and the ziggurat of 256 layers. `skipped`: what it gives
/// after that many samples.
void numpy_standard_normal(std::uint64_t seed, std::span<float> out, std::uint64_t skipped = 0);

/// The same with dtype=float64, numpy's default: another stream.
void numpy_standard_normal(std::uint64_t seed, std::span<double> out, std::uint64_t skipped = 0);

}  // namespace qsample
