#include "qsample/jobs/batch.h"
#include "pipeline/source.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <map>

#include "files.h"
#include "files/read_file.h"
#include "image/image_io.h"
#include "pictures.h"
#include "pipeline/noise_image.h"
#include "qsample/error.h"
#include "temporary_folder.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

void put_picture(const std::string& path, int width = 24, const std::string& extension = ".png") {
  fs::create_directories(fs::path(path).parent_path());
  const Image image = picture<std::uint8_t>(width, 16, 3, false);
  write_file(path, encoded(image, *codec_for_extension(extension), {extension}), true);
}

Image read_picture(const std::string& path) { return decode_image(read_file(path), path); }

std::vector<std::string> relatives(const BatchSelection& selection) {
  std::vector<std::string> names;
  for (const auto& image : select_images(selection).images) names.push_back(image.relative);
  return names;
}

class Batch : public ::testing::Test {
 protected:
  Batch() {
    for (const char* name :
         {"in/b.png", "in/a.png", "in/sub/c.png", "in/sub/deep/a.png", "in/.hidden.png"}) {
      put_picture(folder / name);
    }
    write_text(folder / "in/note.txt", "no image");
  }

  BatchJob job(const std::string& out, bool recursive = true) {
    BatchJob made;
    made.inputs = select_images({.inputs = {folder / "in"}, .recursive = recursive}).images;
    made.output = folder / out;
    made.timesteps.ts = {300};
    return made;
  }

  BatchResult run(const BatchJob& made, int workers = 1) {
    failures.clear();
    return run_batch(made, process,
                     [&](const std::string& message, bool repeated) {
                       if (!repeated) failures.push_back(message);
                     },
                     {.workers = workers});
  }

  TemporaryFolder folder;
  ForwardProcess process{ScheduleSpec{}};
  std::vector<std::string> failures;
};

TEST_F(Batch, SelectsImagesSortedAndOnlyThose) {
  EXPECT_EQ(relatives({.inputs = {folder / "in"}}), (std::vector<std::string>{"a.png", "b.png"}));
  EXPECT_EQ(relatives({.inputs = {folder / "in"}, .recursive = true}),
            (std::vector<std::string>{"a.png", "b.png", "sub/c.png", "sub/deep/a.png"}));
  EXPECT_EQ(relatives({.inputs = {folder / "in"}, .recursive = true, .skip = folder / "in/sub"}),
            (std::vector<std::string>{"a.png", "b.png"}));
  EXPECT_EQ(relatives({.inputs = {folder / "in/sub/c.png"}}), (std::vector<std::string>{"c.png"}));
  EXPECT_EQ(relatives({.inputs = {folder / "in/sub/c.png"}, .base = folder / "in"}),
            (std::vector<std::string>{"sub/c.png"}));
  EXPECT_THROW(relatives({.inputs = {folder / "in/a.png"}, .base = folder / "in/sub"}),
               InvalidArgument);
}

TEST_F(Batch, TellsWhatIsPassedOver) {
  write_text(folder / "in/x", "GIF89a....");
  put_picture(folder / "in/picture", 24, ".bmp");
  write_text(folder / "in/BMW", "BM" + std::string(100, 'x'));
  write_text(folder / "in/P3", "P3 is a text");
  std::map<std::string, std::string> passed;
  const auto selected = select_images({.inputs = {folder / "in"}}, [&](const PassedOver& item) {
    passed[fs::path(item.path).filename()] = item.kind + (item.expected ? "" : "!");
  });
  EXPECT_EQ(selected.images.size(), 3U);
  EXPECT_EQ(selected.images.back().relative, "picture");
  EXPECT_EQ(selected.not_entered, 1U);
  EXPECT_EQ(passed, (std::map<std::string, std::string>{{".hidden.png", "hidden image!"},
                                                        {"BMW", "text file"},
                                                        {"P3", "text file"},
                                                        {"note.txt", "text file"},
                                                        {"sub", "sub-folder"},
                                                        {"x", "GIF file!"}}));
}

TEST_F(Batch, BaseIsAPlaceWhateverItIsCalled) {
  fs::create_symlink(folder / "in", folder / "link");
  const std::vector<std::string> expected = {"sub/c.png"};
  const auto below = [&](const std::string& input, const std::string& base) {
    return relatives({.inputs = {input}, .base = base});
  };
  const std::string here = fs::relative(folder / "in").string();
  EXPECT_EQ(below(folder / "in/sub/c.png", here), expected);
  EXPECT_EQ(below(here + "/sub/c.png", folder / "in"), expected);
  EXPECT_EQ(below(folder / "link/sub/c.png", folder / "in/"), expected);
  EXPECT_EQ(below(folder / "in/sub/c.png", folder / "link"), expected);
  EXPECT_EQ(below(folder / "link/sub", folder / "in"), expected);
  EXPECT_EQ(below(folder / "in", here), (std::vector<std::string>{"a.png", "b.png"}));
  EXPECT_THROW(below(folder / "in", folder / "in/sub"), InvalidArgument);
}

// XXH3-64 of the path, computed by the xxhsum program.
TEST(FileSeed, IsXxh3OfTheRelativePath) {
  EXPECT_EQ(file_seed("sub/c.png", 0), 0x00cf41eccee88b8bU);
  EXPECT_NE(file_seed("sub/c.png", 1), file_seed("sub/c.png", 0));
}

TEST_F(Batch, MirrorsTheTreeAndEqualsEachImageAlone) {
  const auto result = run(job("out"));
  EXPECT_EQ(result.written, 4U);
  EXPECT_TRUE(failures.empty());
  for (const char* name : {"a.png", "b.png", "sub/c.png", "sub/deep/a.png"}) {
    const PhiloxNoise noise(file_seed(name, 0));
    const NoisePath path(process.schedule, noise, PathKind::shared);
    const Image clean = read_picture(folder / "in/" + name);
    const Image alone = noise_image(clean, path, 300, 8, {}, {}).image;
    EXPECT_TRUE(same_pixels(read_picture(folder / "out/" + name), alone)) << name;
  }
}

TEST_F(Batch, OrderAndWorkersChangeNothing) {
  run(job("one"));
  auto other = job("two");
  std::reverse(other.inputs.begin(), other.inputs.end());
  run(other, 3);
  for (const char* name : {"a.png", "b.png", "sub/c.png", "sub/deep/a.png"}) {
    EXPECT_EQ(read_text(folder / "one/" + name), read_text(folder / "two/" + name)) << name;
  }
}

TEST_F(Batch, GoesOnPastABadFile) {
  write_text(folder / "in/b.png", "not an image");
  const auto result = run(job("out"));
  EXPECT_EQ(result.written, 3U);
  EXPECT_EQ(result.failed, 1U);
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].find(folder / "in/b.png"), 0U);
  EXPECT_FALSE(fs::exists(folder / "out/b.png"));
}

TEST_F(Batch, RefusesTwoInputsForOneOutputBeforeItStarts) {
  put_picture(folder / "in/a.bmp", 24, ".bmp");
  EXPECT_THROW(run(job("out")), InvalidArgument);
  EXPECT_FALSE(fs::exists(folder / "out"));
}

TEST_F(Batch, RefusesToWriteOverAnInput) {
  const auto before = read_text(folder / "in/a.png");
  auto in_place = job("in");
  in_place.options.overwrite = true;
  EXPECT_THROW(run(in_place), InvalidArgument);
  // A hard link by another name is the same file.
  fs::create_directories(folder / "out");
  fs::create_hard_link(folder / "in/a.png", folder / "out/b.png");
  auto linked = job("out");
  linked.options.overwrite = true;
  EXPECT_THROW(run(linked), InvalidArgument);
  EXPECT_EQ(read_text(folder / "in/a.png"), before);
}

TEST_F(Batch, ExistingOutputsAreKeptAndReported) {
  put_picture(folder / "out/a.png", 5);
  const auto result = run(job("out"));
  EXPECT_EQ(result.failed, 1U);
  EXPECT_EQ(result.written, 3U);
  EXPECT_EQ(read_picture(folder / "out/a.png").width, 5);
}

TEST_F(Batch, ResumeKeepsWhatIsTheSameAndRedoesTheRest) {
  run(job("out"));
  const auto whole = read_text(folder / "out/b.png");
  const auto kept = fs::last_write_time(folder / "out/a.png");
  write_text(folder / "out/b.png", whole.substr(0, whole.size() / 2));  // damaged
  fs::remove(folder / "out/sub/c.png");                                 // missing
  put_picture(folder / "in/sub/deep/a.png", 48);                        // the input is another now
  auto again = job("out");
  again.options.resume = true;
  const auto result = run(again);
  EXPECT_EQ(result.kept, 1U);
  EXPECT_EQ(result.written, 3U);
  EXPECT_EQ(fs::last_write_time(folder / "out/a.png"), kept);
  EXPECT_EQ(read_text(folder / "out/b.png"), whole);
  EXPECT_EQ(read_picture(folder / "out/sub/deep/a.png").width, 48);
  again.timesteps.ts = {301};  // another process
  EXPECT_EQ(run(again).written, 4U);
}

TEST_F(Batch, RandomTimestepsComeFromTheFilesSeed) {
  auto random = job("out");
  random.timesteps.ts.clear();
  random.manifest = folder / "manifest.jsonl";
  run(random);
  auto again = job("again");
  again.timesteps.ts.clear();
  run(again, 4);
  EXPECT_EQ(read_text(folder / "out/a.png"), read_text(folder / "again/a.png"));
  const auto manifest = read_text(folder / "manifest.jsonl");
  EXPECT_EQ(std::count(manifest.begin(), manifest.end(), '\n'), 4);
  const auto t = uniform_from_seed(file_seed("a.png", 0), 1000);
  EXPECT_NE(manifest.find("\"t\":" + std::to_string(t)), std::string::npos);
}

TEST_F(Batch, StopsWhenToldAndSaysSo) {
  const std::atomic<bool> stop{true};
  const auto result =
      run_batch(job("out"), process, [](const std::string&, bool) {}, {.stop = &stop});
  EXPECT_TRUE(result.interrupted);
  EXPECT_EQ(result.written, 0U);
}

}  // namespace
}  // namespace qsample
