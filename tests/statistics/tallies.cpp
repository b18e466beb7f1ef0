#include "statistics/tallies.h"

#include <algorithm>
#include <thread>

namespace qsample::statistics {
namespace {

// So many partial sums that additions need not wait for one another.
constexpr std::size_t kLanes = 4;
using Lanes = std::array<double, kLanes>;

double total(const Lanes& lanes) {
  double sum = 0;
  for (const double lane : lanes) sum += lane;
  return sum;
}

// Samples and their squares less 1, whose mean is 0 as well.
struct Samples {
  std::vector<float> x, q;

  void draw(NoiseKey key, std::uint64_t first, std::size_t count) {
    x.resize(count);
    q.resize(count);
    gaussian_noise(key, first, x);
    std::transform(x.begin(), x.end(), q.begin(), [](float v) { return v * v - 1; });
  }
};

double dot(const float* x, const float* y) {
  Lanes sums = {};
  for (std::size_t i = 0; i < kChunk; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      sums[lane] += static_cast<double>(x[i + lane]) * static_cast<double>(y[i + lane]);
    }
  }
  return total(sums);
}

void add_products(Products& sums, const Samples& a, const Samples& b, std::size_t lag) {
  sums.values += dot(a.x.data(), b.x.data() + lag);
  sums.squares += dot(a.q.data(), b.q.data() + lag);
}

void add_powers(std::array<double, 6>& powers, const float* x) {
  std::array<Lanes, 6> sums = {};
  for (std::size_t i = 0; i < kChunk; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const double v = x[i + lane];
      double power = 1;
      for (Lanes& sum : sums) sum[lane] += power *= v;
    }
  }
  for (std::size_t i = 0; i < powers.size(); ++i) powers[i] += total(sums[i]);
}

void add_histogram(std::vector<std::uint64_t>& histogram, const float* x) {
  for (std::size_t i = 0; i < kChunk; ++i) {
    // Rounded down; the product with a power of two is exact.
    const float scaled = x[i] * kBinsPerSigma;
    auto bin = static_cast<int>(scaled);
    if (static_cast<float>(bin) > scaled) --bin;
    bin += kReach * kBinsPerSigma;
    ++histogram[static_cast<std::size_t>(bin)];
  }
}

}  // namespace

Tallies& Tallies::operator+=(const Tallies& other) {
  samples += other.samples;
  const auto add = [](Products& sums, const Products& more) {
    sums.values += more.values;
    sums.squares += more.squares;
  };
  for (std::size_t i = 0; i < powers.size(); ++i) powers[i] += other.powers[i];
  for (std::size_t i = 0; i < kBins; ++i) histogram[i] += other.histogram[i];
  for (std::size_t i = 0; i < kLags.size(); ++i) add(lagged[i], other.lagged[i]);
  add(next_step, other.next_step);
  add(next_seed, other.next_seed);
  return *this;
}

Tallies tally(NoiseKey key, std::uint64_t samples, int workers) {
  const auto threads = static_cast<std::uint64_t>(workers);
  std::vector<Tallies> parts(threads);
  const auto work = [&](std::uint64_t worker) {
    Tallies& sums = parts[worker];
    Samples base;
    Samples other;
    for (std::uint64_t first = worker * kChunk; first < samples; first += threads * kChunk) {
      base.draw(key, first, kChunk + kLags.back());
      add_powers(sums.powers, base.x.data());
      add_histogram(sums.histogram, base.x.data());
      for (std::size_t i = 0; i < kLags.size(); ++i) {
        add_products(sums.lagged[i], base, base, kLags[i]);
      }
      other.draw({key.seed, key.step + 1}, first, kChunk);
      add_products(sums.next_step, base, other, 0);
      other.draw({key.seed + 1, key.step}, first, kChunk);
      add_products(sums.next_seed, base, other, 0);
      sums.samples += kChunk;
    }
  };
  {
    std::vector<std::jthread> helpers;
    for (std::uint64_t worker = 1; worker < threads; ++worker) helpers.emplace_back(work, worker);
    work(0);
  }
  Tallies all;
  for (const Tallies& part : parts) all += part;
  return all;
}

}  // namespace qsample::statistics
