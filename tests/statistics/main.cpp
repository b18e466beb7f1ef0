// Is the noise what it says, N(0, 1) and independent? Billions of samples against what the law
// expects, each result as a z-score. Prints a table; the status is 1 if a result is out of bounds.
//
//   noise_statistics [--samples N] [--seed S] [--workers W]

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>

#include "statistics/tallies.h"
#include "statistics/z_scores.h"

namespace {

using namespace qsample;
using namespace qsample::statistics;

// With some thirty tests, chance alone takes one of them so far in one of sixty thousand streams.
constexpr double kBound = 5;

struct Options {
  std::uint64_t samples = std::uint64_t{1} << 32;
  std::uint64_t seed = 0;
  std::uint64_t workers = std::max(1U, std::thread::hardware_concurrency());
};

// False where the words are not options with whole numbers.
bool parse(std::span<char*> words, Options& options) {
  if (words.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < words.size(); i += 2) {
    const std::string_view name = words[i];
    const std::string_view value = words[i + 1];
    std::uint64_t* target = name == "--samples"   ? &options.samples
                            : name == "--seed"    ? &options.seed
                            : name == "--workers" ? &options.workers
                                                  : nullptr;
    if (target == nullptr) return false;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), *target);
    if (error != std::errc() || end != value.data() + value.size()) return false;
  }
  return options.samples >= kChunk && options.samples % kChunk == 0 && options.workers >= 1 &&
         options.workers <= 1024;
}

// Prints results one by one and remembers the worst.
class Table {
 public:
  void add(const std::string& test, double observed, double expected, double z) {
    std::printf("%-34s %16.9g %16.9g %8.2f%s\n", test.c_str(), observed, expected, z,
                std::abs(z) <= kBound ? "" : "  out of bounds");
    ++tests_;
    // NaN is the worst of all.
    if (!(std::abs(z) <= worst_)) worst_ = std::abs(z);
  }
  [[nodiscard]] int tests() const { return tests_; }
  [[nodiscard]] double worst() const { return worst_; }

 private:
  int tests_ = 0;
  double worst_ = 0;
};

void report_moments(const Tallies& sums, Table& table) {
  const auto n = static_cast<double>(sums.samples);
  // E x^k, and the variance E x^2k - (E x^k)^2. That the radius ends at 6.66 takes 2e-6 from the
  // sixth moment, a hundredth of its standard error.
  constexpr double kMean[] = {0, 1, 0, 3, 0, 15};
  constexpr double kVariance[] = {1, 2, 15, 96, 945, 10170};
  for (std::size_t i = 0; i < sums.powers.size(); ++i) {
    const double mean = sums.powers[i] / n;
    table.add("moment " + std::to_string(i + 1), mean, kMean[i],
              (mean - kMean[i]) / std::sqrt(kVariance[i] / n));
  }
}

// Samples in the bins from `first` up to `last`.
std::uint64_t count_of(const Tallies& sums, std::size_t first, std::size_t last) {
  std::uint64_t count = 0;
  for (std::size_t i = first; i < last; ++i) count += sums.histogram[i];
  return count;
}

void report_tails(const Tallies& sums, Table& table) {
  for (const int sigmas : {3, 4, 5, 6}) {
    const auto cut = static_cast<std::size_t>(kReach - sigmas) * kBinsPerSigma;
    const std::uint64_t beyond = count_of(sums, 0, cut) + count_of(sums, kBins - cut, kBins);
    const double expected = static_cast<double>(sums.samples) * probability_beyond(sigmas);
    table.add("beyond " + std::to_string(sigmas) + " sigma, count", static_cast<double>(beyond),
              expected, z_of_count(beyond, expected));
  }
}

double edge(std::size_t bin) { return static_cast<double>(bin) / kBinsPerSigma - kReach; }

// The distance of Kolmogorov and Smirnov at the edges of the bins. What may lie between two of them
// is a fiftieth of what is typical of the whole.
void report_distance(const Tallies& sums, Table& table) {
  const auto n = static_cast<double>(sums.samples);
  double distance = 0;
  std::uint64_t below = 0;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    below += sums.histogram[bin];
    distance =
        std::max(distance, std::abs(static_cast<double>(below) / n - normal_cdf(edge(bin + 1))));
  }
  constexpr double kTypical = 0.8687;  // the mean of Kolmogorov's distribution, sqrt(pi / 2) ln 2
  table.add("Kolmogorov-Smirnov", distance, kTypical / std::sqrt(n), z_of_distance(distance, n));
}

// Chi-square over bins of a thousandth of sigma, of which those far out are taken together.
void report_shape(const Tallies& sums, Table& table) {
  constexpr double kLeast = 100;
  const auto n = static_cast<double>(sums.samples);
  double chi_square = 0;
  int groups = 0;
  std::size_t first = 0;
  // What is left of the probability must fill a group as well.
  for (std::size_t last = 1; last <= kBins; ++last) {
    const double low = first == 0 ? 0 : normal_cdf(edge(first));
    const double rest = n * normal_cdf(-edge(last));
    const double expected = last == kBins ? n * normal_cdf(-edge(first))
                            : edge(last) <= 0
                                ? n * (normal_cdf(edge(last)) - low)
                                : n * (normal_cdf(-edge(first)) - normal_cdf(-edge(last)));
    if (last < kBins && (expected < kLeast || rest < kLeast)) continue;
    const double off = static_cast<double>(count_of(sums, first, last)) - expected;
    chi_square += off * off / expected;
    ++groups;
    first = last;
  }
  const double freedom = groups - 1;
  table.add("chi-square of the shape", chi_square, freedom, z_of_chi_square(chi_square, freedom));
}

void report_pairs(const std::string& pairs, const Products& products, std::uint64_t samples,
                  Table& table) {
  const auto n = static_cast<double>(samples);
  table.add("correlation, " + pairs, products.values / n, 0, products.values / std::sqrt(n));
  // (x^2 - 1) has variance 2.
  table.add("of squares, " + pairs, products.squares / (2 * n), 0,
            products.squares / (2 * std::sqrt(n)));
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!parse(std::span(argv, static_cast<std::size_t>(argc)).subspan(1), options)) {
    std::fprintf(stderr,
                 "usage: noise_statistics [--samples N] [--seed S] [--workers W]\n"
                 "N is a multiple of %zu\n",
                 kChunk);
    return 2;
  }
  const auto start = std::chrono::steady_clock::now();
  const Tallies sums =
      tally({.seed = options.seed, .step = 0}, options.samples, static_cast<int>(options.workers));
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;

  std::printf("%-34s %16s %16s %8s\n", "test", "observed", "expected", "z");
  Table table;
  report_moments(sums, table);
  report_tails(sums, table);
  report_distance(sums, table);
  report_shape(sums, table);
  for (std::size_t i = 0; i < kLags.size(); ++i) {
    report_pairs("lag " + std::to_string(kLags[i]), sums.lagged[i], sums.samples, table);
  }
  report_pairs("next step", sums.next_step, sums.samples, table);
  report_pairs("next seed", sums.next_seed, sums.samples, table);
  std::printf("\n%" PRIu64 " samples of seed %" PRIu64
              " in %.1f s; %d tests, worst |z| %.2f of %g allowed\n",
              sums.samples, options.seed, taken.count(), table.tests(), table.worst(), kBound);
  return table.worst() <= kBound ? 0 : 1;
}
