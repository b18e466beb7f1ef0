#include "base/nearest_name.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace qsample {
namespace {

TEST(NearestName, ForgivesASlipOfEachKind) {
  constexpr std::array<std::string_view, 4> kNames = {"noise", "batch", "schedule", "seed"};
  EXPECT_EQ(nearest_name("noises", kNames), "noise");      // too many
  EXPECT_EQ(nearest_name("schdule", kNames), "schedule");  // too few
  EXPECT_EQ(nearest_name("bitch", kNames), "batch");       // another
  EXPECT_EQ(nearest_name("nosie", kNames), "noise");       // in each other's place
  EXPECT_EQ(nearest_name("NOISE", kNames), "noise");
  EXPECT_EQ(nearest_name("sed", kNames), "seed");
}

TEST(NearestName, CountsTwoLettersInEachOthersPlaceOnce) {
  constexpr std::array<std::string_view, 1> kNames = {"help"};
  EXPECT_EQ(nearest_name("hlep", kNames), "help");
  EXPECT_EQ(nearest_name("hepl", kNames), "help");
  EXPECT_EQ(nearest_name("hxlp", kNames), "help");
  EXPECT_EQ(nearest_name("hxyp", kNames), "");
}

TEST(NearestName, PrefersTheNearer) {
  constexpr std::array<std::string_view, 2> kNames = {"sigma-max", "sigma-min"};
  EXPECT_EQ(nearest_name("sigma-mn", kNames), "sigma-min");
  EXPECT_EQ(nearest_name("sigmamax", kNames), "sigma-max");
}

TEST(NearestName, IsNoneWhereNoneIsNear) {
  struct Pair {
    std::string_view wrong;
    std::string_view known;
  };
  for (const auto& [wrong, known] : {Pair{"time", "frame"},
                                     {"out", "at"},
                                     {"force", "form"},
                                     {"t", "at"},
                                     {"seed", "end"},
                                     {"list", "shift"},
                                     {"at", "path"},
                                     {"fps", "steps"},
                                     {"save", "base"},
                                     {"noise-seed", "noise-size"},
                                     {"12", "16"},
                                     {"denoise", "noise"},
                                     {"", "noise"},
                                     {"noise", ""}}) {
    const std::array<std::string_view, 1> names = {known};
    EXPECT_EQ(nearest_name(wrong, names), "") << wrong << " is not " << known;
  }
}

TEST(NearestName, AllowsMoreSlipsInLongNames) {
  constexpr std::array<std::string_view, 2> kNames = {"zero-terminal-snr", "resume"};
  EXPECT_EQ(nearest_name("zero-terminal_sn", kNames), "zero-terminal-snr");
  EXPECT_EQ(nearest_name("zreo-termnal-snt", kNames), "zero-terminal-snr");
  EXPECT_EQ(nearest_name("zreo-trmnal-snt", kNames), "");
  EXPECT_EQ(nearest_name("reseme", kNames), "resume");
  EXPECT_EQ(nearest_name("risime", kNames), "resume");
  EXPECT_EQ(nearest_name("risimi", kNames), "");
  EXPECT_EQ(nearest_name(std::string(1000, 'z'), kNames), "");
}

}  // namespace
}  // namespace qsample
