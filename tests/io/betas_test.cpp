#include "io/betas.h"

#include <gtest/gtest.h>

#include "qsample/error.h"

namespace qsample {
namespace {

std::vector<double> betas_of(const std::string& text) { return parse_betas(text, "betas.txt"); }

TEST(ReadBetas, TakesLinesCommasBracketsAndComments) {
  const std::vector<double> expected = {1e-4, 0.5, 1};
  EXPECT_EQ(betas_of("1e-4\n0.5\n1\n"), expected);
  EXPECT_EQ(betas_of("[0.0001, 0.5, 1.0]"), expected);
  EXPECT_EQ(betas_of("# mine\r\n0.0001 0.5 # middle\r\n1"), expected);
}

TEST(ReadBetas, SaysWhereItIsWrong) {
  try {
    (void)betas_of("0.1\n0.2\n0.3x\n");
    FAIL();
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("line 3: '0.3x' is not a number"), std::string::npos);
  }
  EXPECT_THROW((void)betas_of("# nothing\n"), Error);
  EXPECT_THROW((void)betas_of(""), Error);
}

}  // namespace
}  // namespace qsample
