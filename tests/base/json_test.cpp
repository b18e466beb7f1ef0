// JSON as it is read from anywhere.
#include "base/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "qsample/error.h"

namespace qsample {
namespace {

std::string nested(int depth) {
  const auto count = static_cast<std::size_t>(depth);
  return std::string(count, '[') + std::string(count, ']');
}

std::string refusal(const std::string& text, const JsonOptions& options = {}) {
  try {
    (void)parse_json(text, options);
  } catch (const Error& e) {
    return e.what();
  }
  return {};
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Json, TakesWhatJsonIs) {
  const std::string text =
      R"({"b":[1,-2,2.5,18446744073709551615,true,null],"a":{"x":"\u00e9\"E NaN"},"c":[],"d":{}})";
  EXPECT_EQ(parse_json(text).dump(), R"({"b":[1,-2,2.5,18446744073709551615,true,null],)"
                                     "\"a\":{\"x\":\"\u00e9\\\"E NaN\"},\"c\":[],\"d\":{}}");
  for (const char* scalar : {"1", "\"x\"", "null", "false", " 1E2 "}) {
    EXPECT_EQ(parse_json(scalar), Json::parse(scalar)) << scalar;
  }
}

TEST(Json, HasALimitOfDepth) {
  EXPECT_EQ(parse_json(nested(kMostJsonDepth)).size(), 1U);
  EXPECT_EQ(refusal(nested(kMostJsonDepth + 1)), "is nested deeper than 32 levels");
  const std::string text = R"({"source":)" + nested(1'000'000) + "}";
  EXPECT_EQ(refusal(text, {.most_bytes = text.size()}), "is nested deeper than 32 levels");
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"\":";
  EXPECT_EQ(refusal(objects), "is nested deeper than 32 levels");
  EXPECT_FALSE(parse_json_object(text));
}

TEST(Json, HasALimitOfSize) {
  const std::string text(100, ' ');
  EXPECT_EQ(refusal("1" + text, {.most_bytes = 100}), "is longer than the 100 bytes that are read");
  EXPECT_EQ(parse_json("1" + text, {.most_bytes = 101}), 1);
  std::string many = "[0";
  for (std::size_t i = 0; i < kMostJsonValues; ++i) many += ",0";
  EXPECT_EQ(refusal(many + "]", {.most_bytes = many.size() + 1}), "holds too many values");
}

TEST(Json, SaysWhereItIsNotJson) {
  EXPECT_TRUE(has(refusal("{\n  \"a\": 1\n  \"b\": 2\n}"), "is not JSON: line 3, column 5: "));
  EXPECT_TRUE(has(refusal("[1, -Infinity]"), "is not JSON: line 1, column 6: "));
  EXPECT_TRUE(has(refusal(""), "is not JSON: line 1, column 1: "));
  EXPECT_TRUE(has(refusal("[1] 2"), "is not JSON: line 1, column 5: "));
  EXPECT_TRUE(has(refusal("[1e999]"), "is not JSON: "));
  EXPECT_LT(refusal("[\"" + std::string(100'000, 'x')).size(), 300U);
}

TEST(Json, RefusesAKeyThatStandsTwice) {
  EXPECT_EQ(refusal(R"({"a":1,"b":{"a":2},"a":3})"), R"(has "a" twice)");
  EXPECT_EQ(refusal(R"([{"b":1,"\u0062":1}])"), R"(has "b" twice)");
}

// What json.dumps of Python gives for float("nan") and its like.
TEST(Json, TakesTheNumbersOfPythonWhereAsked) {
  const Json json =
      parse_json(R"({"a": NaN, "b": Infinity, "c":-Infinity, "d": [NaN,NaN], "e": 0E0,)"
                 R"( "f": 0E000000, "g": -0E000000, "h": 1E2, "i": "0E0 NaN \" -Infinity"})",
                 {.python_numbers = true});
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(std::isnan(json.at("a").get<double>()));
  EXPECT_EQ(json.at("b"), kInfinity);
  EXPECT_EQ(json.at("c"), -kInfinity);
  EXPECT_TRUE(std::isnan(json.at("d").at(1).get<double>()));
  EXPECT_EQ(json.at("e"), 0.0);
  EXPECT_EQ(json.at("f"), 0.0);
  EXPECT_EQ(json.at("g"), 0.0);
  EXPECT_EQ(json.at("h"), 100.0);
  EXPECT_EQ(json.at("i"), "0E0 NaN \" -Infinity");
  EXPECT_EQ(parse_json("-Infinity", {.python_numbers = true}), -kInfinity);
}

TEST(Json, RefusesWhatPythonDoesNotWrite) {
  const JsonOptions python{.python_numbers = true};
  for (const char* text : {"-NaN", "NaN5", "1NaN", "nan", "inf", "+Infinity", "Infinity0", "[NaN",
                           "{NaN:1}", "NaN NaN", "\"", "\"\\", "\"\\\"", "0x1F", "-", "1e", "1E"}) {
    EXPECT_TRUE(has(refusal(text, python), "is not JSON")) << text;
  }
  EXPECT_TRUE(has(refusal("[Infinity, -Infinity,\n NaN, x]", python), "line 2, column 7: "));
}

}  // namespace
}  // namespace qsample
