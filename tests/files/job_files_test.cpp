#include "files/identity/job_files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "temporary_folder.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

// "out 1 is in 0", "out 3 is out 2", or "none".
std::string clash_of(const std::vector<std::string>& inputs,
                     const std::vector<std::string>& outputs) {
  std::vector<std::string> names;
  JobFiles files;
  for (const auto& input : inputs) {
    files.will_read(input, names.size());
    names.push_back(input);
  }
  for (const auto& output : outputs) {
    files.will_write(output, names.size());
    names.push_back(output);
  }
  const auto clash = files.find_clash([&](std::size_t number) { return names[number]; });
  if (!clash) return "none";
  return "out " + std::to_string(clash->output) + " is " + (clash->with_input ? "in " : "out ") +
         std::to_string(clash->other);
}

class Links : public ::testing::Test {
 protected:
  Links() {
    fs::create_directories(folder / "in/sub");
    fs::create_directories(folder / "out");
    write_text(folder / "in/a", "a");
    write_text(folder / "out/old", "old");
  }

  std::string link(const std::string& target, const std::string& name) {
    fs::create_symlink(target, folder / name);
    return folder / name;
  }

  TemporaryFolder folder;
};

TEST_F(Links, LeadToInputs) {
  const std::string in = folder / "in/a";
  EXPECT_EQ(clash_of({in}, {folder / "out/a", folder / "out/old"}), "none");
  EXPECT_EQ(clash_of({in}, {folder / "out/new", in}), "out 2 is in 0");
  EXPECT_EQ(clash_of({in}, {folder / "out/../in/./sub/../a"}), "out 1 is in 0");
  EXPECT_EQ(clash_of({in}, {fs::relative(in).string()}), "out 1 is in 0");
  EXPECT_EQ(clash_of({in}, {link("../in/a", "out/soft")}), "out 1 is in 0");
  EXPECT_EQ(clash_of({link("in", "folder") + "/a"}, {in}), "out 1 is in 0");
  EXPECT_EQ(clash_of({link("../in/a", "out/named")}, {in}), "out 1 is in 0");
  fs::create_hard_link(in, folder / "out/hard");
  EXPECT_EQ(clash_of({in}, {folder / "out/hard"}), "out 1 is in 0");
  // One that is not there yet, but that an output would be.
  EXPECT_EQ(clash_of({folder / "out/later"}, {folder / "out/later"}), "out 1 is in 0");
}

TEST_F(Links, LeadToOneOutput) {
  const auto both = [&](const std::string& a, const std::string& b) {
    return clash_of({}, {a, b});
  };
  const std::string to_old = link("old", "out/to-old");
  EXPECT_EQ(both(folder / "out/old", to_old), "out 1 is out 0");
  const std::string to_new = link("new", "out/to-new");
  EXPECT_EQ(both(to_new, folder / "out/new"), "out 1 is out 0");
  EXPECT_EQ(both(to_new, folder / "out/other"), "none");
  EXPECT_EQ(both(link("to-new", "out/twice"), link("new", "out/too")), "out 1 is out 0");
  EXPECT_EQ(both(link("out", "way") + "/new", folder / "out/new"), "out 1 is out 0");
  EXPECT_EQ(both(link("../in/sub/../b", "out/up"), folder / "in/b"), "out 1 is out 0");
  // Folders that are not there yet, and links that lead to such.
  EXPECT_EQ(both(folder / "x/y/new", folder / "x/y/../y/new"), "out 1 is out 0");
  EXPECT_EQ(both(folder / "x/../../" + fs::path(folder / ".").parent_path().filename().string() +
                     "/out/new",
                 folder / "out/new"),
            "out 1 is out 0");
  EXPECT_EQ(both(folder / "x/new", folder / "y/new"), "none");
  EXPECT_EQ(both(link("x", "to-x") + "/new", folder / "x/new"), "out 1 is out 0");
  EXPECT_EQ(both(link("x/y", "to-y") + "/z/new", folder / "to-x/y/z/new"), "out 1 is out 0");
  // A loop leads nowhere, and has an end.
  EXPECT_EQ(both(link("loop", "loop"), folder / "out/new"), "none");
  EXPECT_EQ(both(folder / "loop/new", folder / "out/new"), "none");
}

TEST_F(Links, HardLinksOfEachOtherAreReplacedByAFileEach) {
  fs::create_hard_link(folder / "out/old", folder / "out/hard");
  EXPECT_EQ(clash_of({}, {folder / "out/old", folder / "out/hard"}), "none");
}

TEST_F(Links, WhatIsWrittenAsItIsHasOneOutput) {
  EXPECT_EQ(clash_of({}, {"/dev/null", "/dev/../dev/null"}), "out 1 is out 0");
  EXPECT_EQ(clash_of({}, {"-", "-"}), "out 1 is out 0");
  EXPECT_EQ(clash_of({}, {"-", "./-"}), "none");
}

TEST_F(Links, TheFirstOutputIsNamedThatHasAClash) {
  EXPECT_EQ(clash_of({folder / "in/a"},
                     {folder / "out/1", folder / "out/2", folder / "out/1", folder / "in/a"}),
            "out 3 is out 1");
}

TEST_F(Links, CaseCountsWhereTheFolderTellsItApart) {
  EXPECT_FALSE(ignores_case(folder / "out/a"));
  EXPECT_EQ(clash_of({}, {folder / "out/New", folder / "out/new", folder / "out/neW"}), "none");
  EXPECT_EQ(clash_of({}, {folder / "out/New", folder / "out/new", folder / "out/New"}),
            "out 2 is out 0");
}

TEST_F(Links, TheOneAmongManyIsFound) {
  constexpr std::size_t kMany = 100'000;
  const auto name_of = [&](std::size_t i) {
    return folder / ("out/" + std::to_string(i == kMany ? 77'777 : i));
  };
  JobFiles files;
  for (std::size_t i = 0; i <= kMany; ++i) files.will_write(name_of(i), i);
  const auto clash = files.find_clash(name_of);
  ASSERT_TRUE(clash);
  EXPECT_EQ(clash->output, kMany);
  EXPECT_EQ(clash->other, 77'777U);
}

}  // namespace
}  // namespace qsample
