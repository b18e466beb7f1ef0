// What is said of a long job, by a clock that the tests set.

#include "cli/progress.h"

#include <gtest/gtest.h>

namespace qsample::cli {
namespace {

using namespace std::chrono_literals;

const ProgressReport::Time kStart{1h};

TEST(ProgressReport, CountsWithRateAndTimeLeft) {
  ProgressReport report(kStart);
  EXPECT_EQ(report.text(kStart + 5s), "");
  report.set({"images", 0, 100}, kStart);
  EXPECT_EQ(report.text(kStart + 4s), "0/100 images, 0:04");
  report.set({"images", 10, 100}, kStart + 5s);
  EXPECT_EQ(report.text(kStart + 5s), "10/100 images, 2/s, 0:45 left");
  report.set({"images", 9, 100}, kStart + 6s);  // of a thread that was overtaken
  EXPECT_EQ(report.text(kStart + 6s), "10/100 images, 2/s, 0:45 left");
}

TEST(ProgressReport, WhatWasKeptTookNoMaking) {
  ProgressReport report(kStart);
  report.set({"images", 0, 1000}, kStart);
  for (std::size_t i = 1; i <= 900; ++i) report.set({"images", i, 1000, i}, kStart + i * 10ms);
  EXPECT_EQ(report.text(kStart + 9s), "900/1000 images, 0:09");
  report.set({"images", 902, 1000, 900}, kStart + 13s);
  EXPECT_EQ(report.text(kStart + 13s), "902/1000 images, 0.5/s, 3:16 left");
}

TEST(ProgressReport, EachThingIsCountedAnew) {
  ProgressReport report(kStart);
  report.set({"reading"}, kStart);
  EXPECT_EQ(report.text(kStart + 65s), "reading, 1:05");
  report.set({"rows read", 0, 12000}, kStart + 70s);
  report.set({"rows read", 6000, 12000}, kStart + 80s);
  EXPECT_EQ(report.text(kStart + 80s), "6000/12000 rows read, 600/s, 0:10 left");
}

TEST(ProgressReport, ABarAppearsAfterASecondAndFitsTheTerminal) {
  ProgressReport report(kStart);
  report.set({"frames", 0, 1000}, kStart);
  report.set({"frames", 500, 1000}, kStart + 500ms);
  EXPECT_EQ(report.bar(kStart + 999ms, 80), "");
  EXPECT_EQ(report.bar(kStart + 1s, 80),
            "[############............] 500/1000 frames, 1000/s, 0:01 left");
  for (std::size_t columns = 2; columns < 120; ++columns) {
    EXPECT_LT(report.bar(kStart + 1s, columns).size(), columns);
  }
}

TEST(ProgressReport, ALineIsLoggedNowAndThen) {
  ProgressReport report(kStart);
  std::string said;
  for (int second = 0; second <= 100; ++second) {
    report.set({"images", static_cast<std::size_t>(second), 1000}, kStart + second * 1s);
    const auto line = report.log(kStart + second * 1s);
    if (!line.empty()) said += line + "\n";
  }
  EXPECT_EQ(said,
            "10/1000 images, 1/s, 16:30 left\n"
            "40/1000 images, 1/s, 16:00 left\n"
            "70/1000 images, 1/s, 15:30 left\n"
            "100/1000 images, 1/s, 15:00 left\n");
}

}  // namespace
}  // namespace qsample::cli
