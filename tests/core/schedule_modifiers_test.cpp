#include "qsample/schedule_modifiers.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "qsample/error.h"

namespace qsample {
namespace {

using Kind = ScheduleModifier::Kind;
using Scope = ScheduleModifier::Scope;

// A value that is not the default and that a schedule of ten steps takes.
double other_value(const ScheduleModifier& row) {
  if (row.kind != Kind::number) return 1 - row.default_value;
  return row.default_value + (row.scope == Scope::config ? 1 : 1e-4);
}

// Of the default family, with the row set and what it goes with.
ScheduleSpec spec_with(const ScheduleModifier& row) {
  ScheduleSpec spec{.steps = 40, .parameters = {{"beta-end", 0.2}}};
  if (row.scope == Scope::config) spec = {.table = {{0.9, 0.1}, {0.5, 0.5}}};
  row.set(spec, other_value(row));
  for (const ScheduleModifier& other : schedule_modifiers()) {
    if (other.name == row.goes_with) other.set(spec, 1);
  }
  return spec;
}

// The parameter that a spec is refused for; "-" where it is not refused.
std::string fault_of(const ScheduleSpec& spec) {
  try {
    (void)make_schedule(spec);
  } catch (const InvalidArgument& e) {
    EXPECT_NE(std::string(e.what()).find('`' + e.parameter() + '`'), std::string::npos) << e.what();
    return e.parameter();
  }
  return "-";
}

std::vector<double> alphas_of(const ScheduleSpec& spec) {
  const auto schedule = make_schedule(spec);
  std::vector<double> alphas;
  for (int t = 0; t <= schedule.steps(); ++t) alphas.push_back(schedule.alpha(t));
  return alphas;
}

class EachModifier : public ::testing::TestWithParam<ScheduleModifier> {
 protected:
  const ScheduleModifier row = GetParam();
};
INSTANTIATE_TEST_SUITE_P(, EachModifier, ::testing::ValuesIn(schedule_modifiers()),
                         [](const auto& row) {
                           std::string name(row.param.name);
                           std::erase(name, '-');
                           return name;
                         });

TEST_P(EachModifier, IsAFieldOfTheSpecAlone) {
  ScheduleSpec spec;
  EXPECT_EQ(row.get(spec), row.default_value);
  EXPECT_FALSE(row.is_set(spec));
  row.set(spec, other_value(row));
  EXPECT_EQ(row.get(spec), other_value(row));
  EXPECT_TRUE(row.is_set(spec));
  for (const ScheduleModifier& other : schedule_modifiers()) {
    if (other.name != row.name) {
      EXPECT_FALSE(other.is_set(spec)) << other.name;
    }
  }
}

TEST_P(EachModifier, HasWordsIfItIsAChoice) {
  EXPECT_EQ(row.kind == Kind::choice, !row.words.empty());
  ScheduleSpec spec;
  for (std::size_t i = 0; i < row.words.size(); ++i) {
    row.set(spec, static_cast<double>(i));
    EXPECT_EQ(row.word(spec), row.words[i]);
  }
}

// Those of a config tell how the table was made, and leave it.
TEST_P(EachModifier, ChangesTheSchedule) {
  ScheduleSpec without = spec_with(row);
  row.set(without, row.default_value);
  EXPECT_EQ(alphas_of(spec_with(row)) == alphas_of(without), row.scope == Scope::config);
}

TEST_P(EachModifier, IsRefusedByNameWhereItIsNotFor) {
  for (const char* name : {"karras", "vdm", "vp-sde"}) {
    ScheduleSpec spec = spec_with(row);
    spec.name = name;
    spec.parameters.clear();
    spec.table.clear();
    const std::string expected(row.goes_with.empty() ? row.name : row.goes_with);
    EXPECT_EQ(fault_of(spec), row.scope == Scope::all ? "-" : expected) << name;
  }
}

TEST_P(EachModifier, NeedsWhatItGoesWith) {
  if (row.goes_with.empty()) return;
  ScheduleSpec spec;
  row.set(spec, other_value(row));
  EXPECT_EQ(fault_of(spec), row.name);
}

TEST_P(EachModifier, IsInFloat32OrRefusesIt) {
  ScheduleSpec spec = spec_with(row);
  spec.precision = Precision::float32;
  const std::string_view fault = row.scope == Scope::config               ? "precision"
                                 : row.betas == nullptr || row.in_float32 ? "-"
                                                                          : row.name;
  EXPECT_EQ(fault_of(spec), fault);
}

TEST(ScheduleModifiers, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const ScheduleModifier& row : schedule_modifiers()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
  }
  for (const ScheduleFamily& family : schedule_families()) {
    for (const Parameter& parameter : family.parameters) {
      EXPECT_FALSE(names.contains(parameter.name)) << parameter.name;
    }
  }
}

TEST(ScheduleModifiers, HaveTheWordsOfTheirEnumerators) {
  EXPECT_EQ(precision_name(Precision::float64), "float64");
  EXPECT_EQ(precision_name(Precision::float32), "float32");
  EXPECT_EQ(precision_name(Precision::float32_sigmas), "float32-sigmas");
  EXPECT_EQ(precision_name(Precision::float32_alphas), "float32-alphas");
  for (const ScheduleModifier& row : schedule_modifiers()) {
    if (row.name == "form") {
      EXPECT_EQ(row.word({.unscaled = false}), "vp");
      EXPECT_EQ(row.word({.unscaled = true}), "ve");
    }
  }
}

}  // namespace
}  // namespace qsample
