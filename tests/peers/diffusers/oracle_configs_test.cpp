// Configs of real models, as diffusers' own code makes noise of them: the table, and the steps
// after set_timesteps.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "peers/diffusers/scheduler_config.h"
#include "qsample/error.h"
#include "temporary_folder.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = 32 << 20;

Json read_json(const fs::path& file) {
  return parse_json(read_text(file.string()), {.python_numbers = true, .most_bytes = kMostBytes});
}

// A config, and what is made of it.
struct Peer {
  std::string name;
  std::string config;
  Json values;
};

// Of files NAME.json and NAME.values.json.
std::vector<Peer> peers_in(const fs::path& folder) {
  constexpr std::string_view kEnding = ".values.json";
  std::vector<Peer> peers;
  if (!fs::exists(folder)) return peers;
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::string name = entry.path().filename().string();
    if (!name.ends_with(kEnding)) continue;
    name.resize(name.size() - kEnding.size());
    peers.push_back(
        {name, read_text((folder / (name + ".json")).string()), read_json(entry.path())});
  }
  std::sort(peers.begin(), peers.end(),
            [](const Peer& a, const Peer& b) { return a.name < b.name; });
  return peers;
}

// The same of fewer numbers, in one file.
std::vector<Peer> committed_peers() {
  std::vector<Peer> peers;
  const Json all = read_json(fs::path(QSAMPLE_TEST_DATA) / "configs.json");
  for (const auto& [name, peer] : all.items()) {
    if (!peer.is_object()) continue;
    peers.push_back({name, peer.at("config").get<std::string>(), peer.at("values")});
  }
  return peers;
}

void PrintTo(const Peer& peer, std::ostream* out) { *out << peer.name; }

// A list, or one number for all.
double number_at(const Json& values, std::size_t i) {
  return (values.is_array() ? values.at(i) : values).get<double>();
}

// Whether rows go with the noise falling.
bool falls(const Json& sigmas) {
  return sigmas.front().get<double>() > sigmas.back().get<double>();
}

// How far float32 is from float64, as it comes with the numbers.
struct Tolerance {
  double alpha, sigma, timestep;
  double relative_sigma = 0;
};

Tolerance tolerance_of(const Json& values) {
  const auto family = values.at("family").get<std::string>();
  if (family == "flow") return {1.35e-7, 1.35e-7, 1.45e-4};
  if (family == "ve") return {0, 0, 1.35e-3, 1.35e-5};
  return {1.65e-6, 3.25e-6, 5.35e-8};
}

void expect_near(const NoiseSchedule& schedule, int t, const Json& row,
                 const std::string& alpha_key, const std::string& sigma_key, std::size_t i,
                 const Tolerance& tolerance) {
  const double sigma = number_at(row.at(sigma_key), i);
  EXPECT_NEAR(schedule.alpha(t), number_at(row.at(alpha_key), i), tolerance.alpha) << "t " << t;
  EXPECT_NEAR(schedule.sigma(t), sigma, tolerance.sigma + tolerance.relative_sigma * sigma)
      << "t " << t;
}

void expect_table(const Json& values, const std::string& text) {
  const Json& table = values.at("table");
  if (table.is_null()) return;
  const bool after = table.at("how").get<std::string>().starts_with("after set_timesteps");
  // Of some classes the table is what they are constructed with, and not what is meant.
  SchedulerConfig config;
  try {
    config = parse_scheduler_config(text, "c.json", {.as_constructed = !after});
  } catch (const InvalidArgument&) {
    config = parse_scheduler_config(text, "c.json");
  }
  const auto schedule = make_schedule(config.spec);
  const int rows = table.at("rows").get<int>();
  ASSERT_EQ(schedule.steps(), rows);
  const std::size_t listed = table.at("timesteps").size();
  const bool descends = falls(table.at("sigma"));
  for (std::size_t i = 0; i < listed; ++i) {
    const int index =
        table.contains("row_index") ? table.at("row_index").at(i).get<int>() : static_cast<int>(i);
    expect_near(schedule, descends ? rows - index : index + 1, table, "alpha", "sigma", i,
                tolerance_of(values));
  }
}

// The rows in float32, bit for bit where that is not refused; how many.
std::size_t compare_float32(const Json& values, const std::string& text) {
  const Json& table = values.at("table");
  std::optional<NoiseSchedule> schedule;
  try {
    auto config = parse_scheduler_config(text, "c.json");
    config.spec.precision = config.rounding;
    schedule = make_schedule(config.spec);
  } catch (const Error&) {
    return 0;
  }
  const std::size_t listed = table.at("timesteps").size();
  for (std::size_t i = 0; i < listed; ++i) {
    const int t = 1 + (table.contains("row_index") ? table.at("row_index").at(i).get<int>()
                                                   : static_cast<int>(i));
    EXPECT_EQ(static_cast<float>(schedule->alpha(t)),
              static_cast<float>(number_at(table.at("alpha"), i)))
        << "t " << t;
    EXPECT_EQ(static_cast<float>(schedule->sigma(t)),
              static_cast<float>(number_at(table.at("sigma"), i)))
        << "t " << t;
  }
  return listed;
}

// What the pipeline of a model hands to set_timesteps.
PipelineSigmas sigmas_of(const std::string& call) {
  if (call.find("linear_quadratic") != std::string::npos) return PipelineSigmas::mochi;
  if (call.find("truncated") != std::string::npos) return PipelineSigmas::cogview4;
  return PipelineSigmas::flux;
}

void expect_grid(const Json& entry, const std::string& text, bool as_constructed,
                 const Tolerance& tolerance) {
  const auto request_call = entry.at("call").get<std::string>();
  SCOPED_TRACE(request_call);
  ConfigRequest request{.inference_steps = entry.at("num_inference_steps").get<int>(),
                        .as_constructed = as_constructed};
  if (entry.contains("pipeline")) request.pipeline_sigmas = sigmas_of(request_call);
  if (entry.contains("image_seq_len"))
    request.image_tokens = entry.at("image_seq_len").get<double>();
  const auto config = parse_scheduler_config(text, "c.json", request);
  const auto schedule = make_schedule(config.spec);
  const auto& names = entry.at("timesteps");
  ASSERT_EQ(static_cast<std::size_t>(schedule.steps()), names.size());
  const bool meant = !as_constructed && entry.contains("sigma_meant");
  const std::string alpha = meant && entry.contains("alpha_meant") ? "alpha_meant" : "alpha";
  const std::string sigma = meant ? "sigma_meant" : "sigma";
  const bool descends = falls(entry.at(sigma));
  for (std::size_t i = 0; i < names.size(); ++i) {
    const int t = descends ? schedule.steps() - static_cast<int>(i) : static_cast<int>(i) + 1;
    expect_near(schedule, t, entry, alpha, sigma, i, tolerance);
    const double name = names.at(i).get<double>();
    EXPECT_NEAR(config.spec.timesteps.at(static_cast<std::size_t>(t) - 1), name, tolerance.timestep)
        << "t " << t;
  }
}

void expect_grids(const Json& values, const std::string& config) {
  for (const Json& entry : values.at("inference")) {
    expect_grid(entry, config, false, tolerance_of(values));
    if (entry.contains("sigma_meant")) expect_grid(entry, config, true, tolerance_of(values));
  }
}

class Configs : public testing::TestWithParam<Peer> {};

TEST_P(Configs, TablesAreThoseOfDiffusers) {
  expect_table(GetParam().values, GetParam().config);
  (void)compare_float32(GetParam().values, GetParam().config);
}

TEST_P(Configs, GridsAreThoseOfDiffusers) { expect_grids(GetParam().values, GetParam().config); }

std::string test_name(const testing::TestParamInfo<Peer>& info) {
  std::string name = info.param.name;
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Committed, Configs, testing::ValuesIn(committed_peers()), test_name);

const std::vector<Peer>& oracle_peers() {
  static const auto peers = peers_in(fs::path(QSAMPLE_ORACLE_2) / "configs");
  return peers;
}

TEST(OracleConfigs, TablesAndGridsAreThoseOfDiffusers) {
  if (oracle_peers().empty()) GTEST_SKIP() << "there is no " << QSAMPLE_ORACLE_2 << "/configs";
  std::size_t in_float32 = 0;
  for (const auto& [name, config, values] : oracle_peers()) {
    SCOPED_TRACE(name);
    expect_table(values, config);
    expect_grids(values, config);
    in_float32 += compare_float32(values, config);
  }
  EXPECT_GT(in_float32, 8000U);
}

}  // namespace
}  // namespace qsample
