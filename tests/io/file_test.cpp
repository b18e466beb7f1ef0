#include "io/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>

#include "files.h"
#include "qsample/error.h"
#include "temporary_folder.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

Bytes bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

template <class Action>
std::string error_of(const Action& action) {
  try {
    action();
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

TEST(ReadFile, GivesAllBytes) {
  const TemporaryFolder folder;
  std::string text(200'000, 'x');
  text[0] = '\0';
  write_text(folder / "file", text);
  const auto bytes = read_file(folder / "file");
  ASSERT_EQ(bytes.size(), text.size());
  EXPECT_EQ(std::memcmp(bytes.data(), text.data(), text.size()), 0);
}

TEST(ReadFile, NamesTheFileAndTheReason) {
  const TemporaryFolder folder;
  write_text(folder / "empty", "");
  EXPECT_EQ(error_of([&] { (void)read_file(folder / "none"); }),
            folder / "none" + ": No such file or directory");
  EXPECT_EQ(error_of([&] { (void)read_file(folder / "empty"); }), folder / "empty" + ": is empty");
  EXPECT_EQ(error_of([&] { (void)read_file(folder / "."); }),
            folder / "." + ": is a folder, not a file");
}

TEST(WriteFile, LeavesOneWholeFile) {
  const TemporaryFolder folder;
  write_file(folder / "a", bytes_of("one"), false);
  EXPECT_EQ(read_text(folder / "a"), "one");
  EXPECT_EQ(folder.entries(), 1U);
}

TEST(WriteFile, KeepsWhatExistsUnlessToldOtherwise) {
  const TemporaryFolder folder;
  write_text(folder / "a", "old");
  EXPECT_NE(error_of([&] { write_file(folder / "a", bytes_of("new"), false); }).find("--overwrite"),
            std::string::npos);
  EXPECT_EQ(read_text(folder / "a"), "old");
  write_file(folder / "a", bytes_of("new"), true);
  EXPECT_EQ(read_text(folder / "a"), "new");
  EXPECT_EQ(folder.entries(), 1U);
}

TEST(WriteFile, GivesThePermissionsThatTheUmaskLeaves) {
  const TemporaryFolder folder;
  const mode_t before = ::umask(027);
  write_file(folder / "a", bytes_of("x"), false);
  ::umask(before);
  EXPECT_EQ(static_cast<unsigned>(fs::status(folder / "a").permissions()), 0640U);
}

TEST(WriteFile, FollowsASymbolicLink) {
  const TemporaryFolder folder;
  write_text(folder / "real", "old");
  fs::create_symlink("real", folder / "link");
  EXPECT_THROW(write_file(folder / "link", bytes_of("new"), false), Error);
  write_file(folder / "link", bytes_of("new"), true);
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(read_text(folder / "real"), "new");
}

TEST(WriteFile, SaysWhyAPlaceIsNoPlace) {
  const TemporaryFolder folder;
  EXPECT_EQ(error_of([&] { write_file(folder / "none/a", bytes_of("x"), false); }),
            folder / "none/a" + ": No such file or directory");
  EXPECT_NE(error_of([&] { write_file(folder / ".", bytes_of("x"), true); }).find("is a folder"),
            std::string::npos);
  EXPECT_NE(error_of([&] { write_file("/dev/full", bytes_of("x"), true); }).find("No space left"),
            std::string::npos);
  EXPECT_EQ(folder.entries(), 0U);
}

TEST(OutputFile, KnowsWhetherItsPlaceHoldsTheSame) {
  const TemporaryFolder folder;
  const std::string text(200'000, 'x');
  write_text(folder / "a", text);
  for (const std::string& written : {text, text + "x", text.substr(1), "y" + text.substr(1)}) {
    OutputFile file(folder / "a", true);
    file.write(bytes_of(written).first(100));
    file.write(bytes_of(written).subspan(100));
    EXPECT_EQ(file.is_there_already(), written == text) << written.size();
  }
  OutputFile file(folder / "b", false);
  EXPECT_FALSE(file.is_there_already());
  EXPECT_EQ(folder.entries(), 2U);
}

TEST(MemoryReturn, LosesWholePagesBeforeAPlaceOnly) {
  std::vector<std::byte> bytes(5 << 20, std::byte{1});
  MemoryReturn spent(bytes);
  const auto left = [&] { return std::count(bytes.begin(), bytes.end(), std::byte{1}); };
  spent.up_to(bytes.data() + 100);
  EXPECT_EQ(left(), 5 << 20);
  spent.up_to(bytes.data() + (3 << 20) + 10'000);
  EXPECT_NEAR(static_cast<double>(left()), (2 << 20) - 10'000, 2 * 4096);
  EXPECT_EQ(bytes[(3 << 20) + 10'000], std::byte{1});
  spent.up_to(bytes.data() + bytes.size());
  EXPECT_LE(left(), 2 * 4096);
}

TEST(WriteFile, WritesToDevices) { EXPECT_NO_THROW(write_file("/dev/null", bytes_of("x"), false)); }

TEST(SameFile, SeesThroughLinks) {
  const TemporaryFolder folder;
  write_text(folder / "a", "x");
  write_text(folder / "b", "x");
  fs::create_hard_link(folder / "a", folder / "hard");
  fs::create_symlink("a", folder / "soft");
  EXPECT_TRUE(same_file(folder / "a", folder / "hard"));
  EXPECT_TRUE(same_file(folder / "a", folder / "soft"));
  EXPECT_FALSE(same_file(folder / "a", folder / "b"));
  EXPECT_FALSE(same_file(folder / "a", folder / "none"));
}

}  // namespace
}  // namespace qsample
