#include "base/fail.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "qsample/schedule.h"

namespace qsample {
namespace {

InvalidArgument thrown_by(const std::function<void()>& action) {
  try {
    action();
  } catch (const InvalidArgument& e) {
    return e;
  }
  return InvalidArgument("nothing was thrown", "nothing");
}

TEST(Fail, SaysWhichParameterIsAtFault) {
  const auto first = thrown_by([] { fail(Named{"rho"}, " must be positive"); });
  EXPECT_STREQ(first.what(), "`rho` must be positive");
  EXPECT_EQ(first.parameter(), "rho");
  const auto later = thrown_by([] { fail("karras does not use ", Named{"beta-end"}); });
  EXPECT_STREQ(later.what(), "karras does not use `beta-end`");
  EXPECT_EQ(later.parameter(), "beta-end");
  const auto two = thrown_by([] { fail(Named{"low"}, " 1 is above ", Named{"high"}); });
  EXPECT_STREQ(two.what(), "`low` 1 is above `high`");
  EXPECT_EQ(two.parameter(), "low");
}

TEST(Fail, SaysNoneWhereNoneIs) {
  EXPECT_EQ(thrown_by([] { fail("`shift` and `image-size` must be positive"); }).parameter(), "");
  EXPECT_EQ(InvalidArgument("a sentence").parameter(), "");
  EXPECT_EQ(InvalidArgument("a sentence", "t").parameter(), "t");
}

TEST(Fail, WritesNumbersWithTenDigits) {
  EXPECT_STREQ(thrown_by([] { fail(1.0 / 3, ' ', 7); }).what(), "0.3333333333 7");
}

TEST(Fail, NamesTheParameterOfASchedule) {
  const auto fault_of = [](const ScheduleSpec& spec) {
    return thrown_by([&] { (void)make_schedule(spec); }).parameter();
  };
  EXPECT_EQ(fault_of({.name = "karras", .parameters = {{"beta-end", 1}}}), "beta-end");
  EXPECT_EQ(fault_of({.name = "karras", .parameters = {{"rho", 0}}}), "rho");
  EXPECT_EQ(fault_of({.parameters = {{"sigma-max", 1}}, .betas = {0.1}}), "sigma-max");
  EXPECT_EQ(fault_of({.snr_shift = -1}), "snr-shift");
  EXPECT_EQ(fault_of({.zero_terminal_snr = true, .least_alpha_bar = -1}), "least-alpha-bar");
  EXPECT_EQ(fault_of({.least_alpha_bar = 1e-7}), "least-alpha-bar");
  EXPECT_EQ(fault_of({.name = "linaer"}), "");
}

}  // namespace
}  // namespace qsample
