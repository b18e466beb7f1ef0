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

  /// Goes on as after a randn of `count` samples.
  void skip_randn(std::size_t count);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What torch.randn of out.size() samples gives first on a CUDA device after manual_seed(seed): the
/// uniforms are those of the device in float32, the logarithm and the sine are float64 here and the
/// device's fast ones there, which leaves up to about 1e-5 (2e-6 times the sample's radius). Known
/// samples agree in all digits published; no device has been compared with. Each sample there is a
/// thread's own first draw, which holds as long as the device
/// can have as many threads at once as there are samples: its number of multiprocessors times their
/// threads. kTorchCudaSure is that bound for a small device (T4: 40 times 1024), kTorchCudaMost for
/// the largest known (H100: 132 times 2048). Throws InvalidArgument for more than kTorchCudaMost
/// samples.
void torch_cuda_randn(std::uint64_t seed, std::span<float> out);
inline constexpr std::size_t kTorchCudaSure = std::size_t{40} * 1024;
inline constexpr std::size_t kTorchCudaMost = std::size_t{132} * 2048;

/// What numpy.random.default_rng(seed).standard_normal(out.size(), dtype=float32) gives, bit for
/// bit: PCG64 seeded by SeedSequence, and the ziggurat of 256 layers. `skipped`: what it gives
/// after that many samples.
void numpy_standard_normal(std::uint64_t seed, std::span<float> out, std::uint64_t skipped = 0);

}  // namespace qsample
