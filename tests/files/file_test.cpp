#include "files/output_file.h"
#include "files/outputs.h"
#include "files/read_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "files.h"
#include "files/file_comparison.h"
#include "files/temporaries.h"
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
  EXPECT_NE(error_of([&] { write_file(folder / "a", bytes_of("new"), false); }).find("`overwrite`"),
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

TEST(FileComparison, IsForTheVeryBytesAndNoMore) {
  const TemporaryFolder folder;
  const std::string text(200'000, 'x');
  write_text(folder / "a", text);
  for (const std::string& other :
       {text, text + "x", text.substr(1), "y" + text.substr(1), text.substr(1) + "y"}) {
    FileComparison file(folder / "a");
    file.add(bytes_of(other).first(100));
    file.add(bytes_of(other).subspan(100));
    EXPECT_EQ(file.is_same(), other == text) << other.size();
  }
  EXPECT_FALSE(FileComparison(folder / "a").is_same());
  EXPECT_EQ(error_of([&] { FileComparison(folder / "b"); }),
            folder / "b" + ": No such file or directory");
}

TEST(ReadHead, IsTheBeginningOfARegularFile) {
  const TemporaryFolder folder;
  write_text(folder / "a", "image");
  EXPECT_EQ(read_head(folder / "a", 3).size(), 3U);
  EXPECT_EQ(read_head(folder / "a", 9).size(), 5U);
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_NE(error_of([&] { (void)read_head(folder / "pipe", 3); }).find("no regular file"),
            std::string::npos);
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

// What the other kinds of file are called, when they are read and when they are written.
TEST(FileKinds, AreToldAndNotWaitedFor) {
  Outputs outputs;
  const TemporaryFolder folder;
  const std::string pipe = folder / "pipe";
  const std::string socket = folder / "socket";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  ASSERT_EQ(::mknod(socket.c_str(), S_IFSOCK | 0600, 0), 0);
  const auto read = [](const std::string& path, FileKinds kinds) {
    return error_of([&] { (void)read_file(path, {.kinds = kinds}); });
  };
  const auto write = [&](const std::string& path, FileKinds kinds) {
    return error_of([&] { OutputFile(path, {.overwrite = true, .kinds = kinds}, outputs); });
  };
  EXPECT_EQ(read(pipe, FileKinds::regular), pipe + ": is a pipe, not a file");
  EXPECT_EQ(read("/dev/null", FileKinds::regular), "/dev/null: is a device, not a file");
  EXPECT_EQ(write(pipe, FileKinds::regular), pipe + ": is a pipe, not a file");
  EXPECT_EQ(write("/dev/null", FileKinds::regular), "/dev/null: is a device, not a file");
  for (const auto kinds : {FileKinds::regular, FileKinds::pipes_too}) {
    EXPECT_EQ(read(socket, kinds), socket + ": is a socket, not a file");
    EXPECT_EQ(write(socket, kinds), socket + ": is a socket, not a file");
  }
}

TEST(OutputFile, StaysInTheFolderThatItWasOpenedIn) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "out");
  fs::create_directories(folder / "other");
  write_text(folder / "other/a", "precious");
  Outputs outputs;
  OutputFile file(folder / "out/a", {.overwrite = true}, outputs);
  file.write(bytes_of("new"));
  fs::rename(folder / "out", folder / "moved");
  fs::create_symlink("other", folder / "out");
  file.commit();
  EXPECT_EQ(read_text(folder / "moved/a"), "new");
  EXPECT_EQ(read_text(folder / "other/a"), "precious");
}

TEST(OutputFile, LooksAgainBeforeItReplaces) {
  const TemporaryFolder folder;
  write_text(folder / "in", "precious");
  Outputs outputs;
  JobFiles& job = outputs.files();
  job.will_read(folder / "in", 0);
  job.will_write(folder / "a", 1);
  job.will_write(folder / "b", 2);
  ASSERT_FALSE(job.find_clash([](std::size_t) { return std::string(); }));
  const OutputRules rules{.overwrite = true};
  {
    OutputFile file(folder / "a", rules, outputs);
    fs::rename(folder / "in", folder / "a");
    EXPECT_EQ(error_of([&] { file.commit(); }),
              folder / "a" + ": is an input by now; it is left as it is");
  }
  EXPECT_EQ(read_text(folder / "a"), "precious");
  OutputFile first(folder / "b", rules, outputs);
  OutputFile second(folder / "b", rules, outputs);
  first.write(bytes_of("first"));
  first.commit();
  EXPECT_EQ(error_of([&] { second.commit(); }),
            folder / "b" + ": is another output by now; it is left as it is");
  EXPECT_EQ(read_text(folder / "b"), "first");
  OutputFile third(folder / "c", {.overwrite = true, .kinds = FileKinds::regular}, outputs);
  ASSERT_EQ(::mkfifo((folder / "c").c_str(), 0600), 0);
  EXPECT_EQ(error_of([&] { third.commit(); }), folder / "c" + ": is a pipe, not a file");
}

unsigned mode_of(const fs::path& path) {
  return static_cast<unsigned>(fs::status(path).permissions());
}

TEST(OutputFile, LeavesThePermissionsAsTheyWere) {
  const TemporaryFolder folder;
  const mode_t before = ::umask(022);
  for (const mode_t mode : {0600, 0640, 0444, 0666, 0777}) {
    write_text(folder / "a", "old");
    ASSERT_EQ(::chmod((folder / "a").c_str(), mode), 0);
    {
      Outputs outputs;
      OutputFile file(folder / "a", {.overwrite = true}, outputs);
      file.write(bytes_of("new"));
      for (const auto& entry : fs::directory_iterator(folder / ".")) {
        const bool temporary = entry.path().filename() != "a";
        EXPECT_EQ(mode_of(entry), temporary ? 0600U : mode) << entry.path();
      }
      file.commit();
    }
    EXPECT_EQ(mode_of(folder / "a"), mode);
    EXPECT_EQ(read_text(folder / "a"), "new");
    fs::remove(folder / "a");
  }
  ::umask(before);
}

TEST(OutputFile, LeavesOwnerAndGroupAsTheyWere) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs to be root";
  const TemporaryFolder folder;
  write_text(folder / "a", "old");
  ASSERT_EQ(::chown((folder / "a").c_str(), 4711, 4712), 0);
  write_file(folder / "a", bytes_of("new"), true);
  struct stat info {};
  ASSERT_EQ(::stat((folder / "a").c_str(), &info), 0);
  EXPECT_EQ(info.st_uid, 4711U);
  EXPECT_EQ(info.st_gid, 4712U);
}

TEST(ClearFolder, RemovesWhatKilledRunsHaveLeftAndNothingElse) {
  const TemporaryFolder folder;
  const std::vector<std::string> ours = {temporary_name(1, 0), temporary_name(99999, 4294967295)};
  // ".qsample-HOST-"
  const std::string start = ours[0].substr(0, ours[0].size() - std::string("1-0.tmp").size());
  const std::vector<std::string> others = {".qsample-x.tmp",    ".qsample-1-0.tmp",
                                           ".qsample--1-0.tmp", ".qsample-another-1-0.tmp",
                                           start + "x-1-0.tmp",
                                           start + "1-1-0.tmp",  // of the host HOST-1
                                           start + "1.tmp",     start + "1-.tmp",
                                           start + "-1.tmp",    start + "01-1.tmp",
                                           start + "1-2.tmp.x", "a",
                                           start + "1-2x.tmp",  start + ".tmp",
                                           start + "notes.tmp", start + "+1-2.tmp"};
  for (const auto& names : {ours, others}) {
    for (const auto& name : names) write_text(folder / name, "x");
  }
  fs::create_directory(folder / temporary_name(2, 2));
  fs::create_symlink("a", folder / temporary_name(3, 3));
  Outputs outputs;
  const OutputFile at_work(folder / "new", {},
                           outputs);  // clears, and has a temporary file of its own
  for (const auto& name : ours) EXPECT_FALSE(fs::exists(folder / name)) << name;
  for (const auto& name : others) EXPECT_TRUE(fs::exists(folder / name)) << name;
  EXPECT_EQ(folder.entries(), others.size() + 3);
}

TEST(TemporaryName, HoldsTheNameOfItsHost) {
  std::array<char, 256> host{};
  ASSERT_EQ(::gethostname(host.data(), host.size() - 1), 0);
  EXPECT_EQ(temporary_name(12, 3), ".qsample-" + host_in_name(host.data()) + "-12-3.tmp");
  EXPECT_EQ(host_in_name("node-7.Cluster_1"), "node-7.Cluster_1");
  EXPECT_EQ(host_in_name("../a b\n(\xC3\xA4)"), ".._a_b_____");
  EXPECT_EQ(host_in_name(std::string(300, 'h')), std::string(64, 'h'));
}

}  // namespace
}  // namespace qsample
