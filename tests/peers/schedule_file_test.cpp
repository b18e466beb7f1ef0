#include "peers/schedule_file.h"

#include <gtest/gtest.h>

#include <cmath>

#include "qsample/error.h"

namespace qsample {
namespace {

std::vector<double> betas_of(const std::string& text) {
  const auto file = parse_schedule_file(text, "file");
  EXPECT_TRUE(file.table.empty());
  return file.betas;
}

std::string refusal(const std::string& text) {
  try {
    (void)parse_schedule_file(text, "file");
  } catch (const Error& e) {
    return e.what();
  }
  return "taken";
}

TEST(ScheduleFile, TakesLinesCommasBracketsAndComments) {
  const std::vector<double> expected = {1e-4, 0.5, 1};
  EXPECT_EQ(betas_of("1e-4\n0.5\n1\n"), expected);
  EXPECT_EQ(betas_of("[0.0001, 0.5, 1.0]"), expected);
  EXPECT_EQ(betas_of("# mine\r\n0.0001 0.5 # middle\r\n1"), expected);
}

TEST(ScheduleFile, SaysWhereItIsWrong) {
  EXPECT_NE(refusal("0.1\n0.2\n0.3x\n").find("file: line 3: '0.3x' is not a number"),
            std::string::npos);
  EXPECT_EQ(refusal("# nothing\n"), "file: lists no betas");
  EXPECT_EQ(refusal(""), "file: lists no betas");
}

void expect_table(const std::string& text) {
  const auto file = parse_schedule_file(text, "file");
  EXPECT_TRUE(file.betas.empty());
  ASSERT_EQ(file.table.size(), 2U) << text;
  EXPECT_EQ(file.table[0].alpha_squared, 0.25);
  EXPECT_EQ(file.table[0].sigma_squared, 0.5625);
  EXPECT_EQ(file.table[1].alpha_squared, 0.0625);
  EXPECT_EQ(file.table[1].sigma_squared, 4);
}

TEST(ScheduleFile, TakesTables) {
  expect_table("alpha,sigma\n0.5,0.75\n0.25,2\n");
  expect_table("# ours\r\nt , sigma,alpha\r\n0,0,1\r\n1,0.75,0.5\r\n\r\n2,2,0.25");
  expect_table("alpha,sigma,snr\n1,0,inf\n0.5,0.75,\n0.25,2,0\n");
  expect_table("alpha_bar,sigma\n0.25,0.75\n0.0625,2\n");
  expect_table(R"( [ {"alpha": 0.5, "sigma": 0.75, "beta": null}, {"alpha": 0.25, "sigma": 2}])");
  // Without sigma the variance is preserved.
  EXPECT_EQ(parse_schedule_file("alpha_bar\n0.75\n", "file").table[0].sigma_squared, 0.25);
}

// Lists say by their heading what they are.
TEST(ScheduleFile, TakesListsOfOtherThings) {
  for (const char* text : {"alphas_cumprod\n0.75\n0.25\n", "alpha_bar: \n[0.75, 0.25]",
                           "# k\nalpha_bars\n0.75 0.25", "alpha_bar\n0.25\n0.75\n1\n"}) {
    const auto file = parse_schedule_file(text, "file");
    ASSERT_EQ(file.table.size(), 2U) << text;
    EXPECT_EQ(file.table[0].alpha_squared, 0.75);
    EXPECT_EQ(file.table[1].sigma_squared, 0.75);
  }
  // k-diffusion's, with the 0 that ends them.
  const auto sigmas = parse_schedule_file("sigmas\n14.5, 3.0, 0.5, 0.0", "file");
  ASSERT_EQ(sigmas.table.size(), 3U);
  EXPECT_EQ(sigmas.table[0].alpha_squared, 1);
  EXPECT_EQ(sigmas.table[0].sigma_squared, 0.25);
  EXPECT_EQ(sigmas.table[2].sigma_squared, 14.5 * 14.5);
  for (const char* text : {"log_snr\n1.0986122886681098\n-700", "snrs\n3\n1e-304"}) {
    const auto file = parse_schedule_file(text, "file");
    ASSERT_EQ(file.table.size(), 2U) << text;
    EXPECT_NEAR(file.table[0].alpha_squared, 0.75, 1e-15);
    EXPECT_NEAR(file.table[1].alpha_squared, 1e-304, 0.02e-304);
    EXPECT_EQ(file.table[1].sigma_squared, 1);
  }
  EXPECT_EQ(betas_of("betas\n0.5\n0.25\n"), (std::vector<double>{0.5, 0.25}));
  EXPECT_NE(refusal("sigmas\n0.1\n0.2x").find("file: line 3: '0.2x' is not a number"),
            std::string::npos);
}

TEST(ScheduleFile, TakesColumns) {
  const std::vector<ScheduleColumn> columns = {
      {"t", {0, 1, 2}}, {"beta", {NAN, 0.5, 0.25}}, {"mine", {1}}};
  EXPECT_EQ(schedule_of_columns(columns, "file").betas, (std::vector<double>{0.5, 0.25}));
  const std::vector<ScheduleColumn> uneven = {{"alpha", {0.5}}, {"sigma", {0.5, 0.6}}};
  EXPECT_THROW((void)schedule_of_columns(uneven, "file"), Error);
  EXPECT_THROW((void)schedule_of_columns({}, "file"), Error);
}

TEST(ScheduleFile, ATableOfItsBetasIsTheirList) {
  EXPECT_EQ(betas_of("t,beta\n0,\n1,0.5\n2,0.25\n"), (std::vector<double>{0.5, 0.25}));
  EXPECT_EQ(betas_of("beta,alpha_bar\n0.5,0.5\n0.25,0.375\n"), (std::vector<double>{0.5, 0.25}));
  // Others are kept beside the table that they do not make.
  const auto file = parse_schedule_file("beta,alpha,sigma\n0.5,1,3\n0.25,1,4\n", "file");
  EXPECT_EQ(file.betas, (std::vector<double>{0.5, 0.25}));
  EXPECT_EQ(file.table.size(), 2U);
}

TEST(ScheduleFile, RefusesTablesThatAreNone) {
  EXPECT_EQ(refusal("t,alpha\n1,0.5\n3,0.2\n"), "file: line 3: t is not 2: rows go up by 1");
  EXPECT_EQ(refusal("t,alpha\n0,0.5\n"), "file: line 2: t = 0 is not the clean image");
  EXPECT_EQ(refusal("alpha,sigma\n1,x\n"), "file: line 2: 'x' is not a number");
  EXPECT_EQ(refusal("alpha,sigma\n1\n"), "file: line 2: has 1 values below 2 names");
  EXPECT_NE(refusal("t,steps\n1,2\n").find("line 2: has neither alpha nor alpha_bar"),
            std::string::npos);
  EXPECT_EQ(refusal("alpha,beta\n0.9,\n0.5,0.1\n"),
            "file: line 3: has a value that rows before it have not");
  EXPECT_EQ(refusal("alpha,beta\n0.9,0.1\n0.5,\n"), "file: rows have not the same columns");
  EXPECT_EQ(refusal("alpha\n"), "file: lists no alpha");
  EXPECT_EQ(refusal("alpha\n1\n"), "file: has no row beside the clean image");
  EXPECT_EQ(refusal(R"([{"alpha": 1}, 2])"), "file: row 2: is not an object as the first is");
  EXPECT_EQ(refusal(R"([{"alpha": "1"}])"), "file: row 1: \"alpha\" is not a number");
}

}  // namespace
}  // namespace qsample
