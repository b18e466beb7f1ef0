#include "cli/options/timesteps/timesteps.h"

#include <gtest/gtest.h>

#include "qsample/error.h"

namespace qsample::cli {
namespace {

using Ts = std::vector<int>;

TEST(ParseTimesteps, TakesNumbersRangesAndStrides) {
  EXPECT_EQ(parse_timesteps("0,10,100-200:20", 1000), (Ts{0, 10, 100, 120, 140, 160, 180, 200}));
  EXPECT_EQ(parse_timesteps("7", 7), (Ts{7}));
  EXPECT_EQ(parse_timesteps("3-5", 7), (Ts{3, 4, 5}));
  EXPECT_EQ(parse_timesteps("5,3-5,3", 7), (Ts{3, 4, 5}));
  EXPECT_EQ(parse_timesteps("0-10:4", 10), (Ts{0, 4, 8}));
}

TEST(ParseTimesteps, CountsFromZeroIfAsked) {
  EXPECT_EQ(parse_timesteps("0,5-6,999", 1000, 1), (Ts{1, 6, 7, 1000}));
  EXPECT_THROW(parse_timesteps("1000", 1000, 1), InvalidArgument);
  EXPECT_THROW(parse_timesteps("990-1000", 1000, 1), InvalidArgument);
}

TEST(ParseTimesteps, RefusesAnythingElse) {
  for (const char* list : {"", ",", "1,", "a", "1-", "-1", "5-3", "1-5:0", "1:2", "1-2-3", "11",
                           "0-11", "99999999999", "1.5", " 1"}) {
    EXPECT_THROW(parse_timesteps(list, 10), InvalidArgument) << list;
  }
}

TEST(StridedTimesteps, RunUpToTheLast) {
  EXPECT_EQ(strided_timesteps(0, 300, 1000), (Ts{0, 300, 600, 900}));
  EXPECT_EQ(strided_timesteps(0, 2'000'000'000, 1000), (Ts{0}));
}

}  // namespace
}  // namespace qsample::cli
