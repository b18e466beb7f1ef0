// Runs a check on every instruction set that this machine has and the build made.
#pragma once

#define HWY_WANT_AVX3_DL  // some kernels are made for it, too

#include <gtest/gtest.h>

#include <hwy/highway.h>

namespace qsample {

template <class Check>
void on_every_target(const Check& check) {
  int targets = 0;
  for (const auto target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::GetChosenTarget().Update(target);
    check();
    ++targets;
  }
  hwy::GetChosenTarget().DeInit();  // back to the best
  EXPECT_GE(targets, 1);
  ::testing::Test::RecordProperty("targets", targets);
}

}  // namespace qsample
