#include "qsample/jobs/sheet.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "files/read_file.h"
#include "opencv/drawing/lettering.h"
#include "pictures.h"
#include "pipeline/sheet/histogram.h"
#include "pipeline/sheet/sheet_labels.h"
#include "qsample/error.h"
#include "qsample/image_io.h"
#include "qsample/jobs/noise_file.h"
#include "temporary_folder.h"

namespace qsample {
namespace {

constexpr int kWidth = 40;
constexpr int kHeight = 30;

class Sheet : public ::testing::Test {
 protected:
  Sheet()
      : linear({.name = "linear"}, PathKind::markov), cosine({.name = "cosine"}, PathKind::markov) {
    std::string bytes;
    encode_image(picture<std::uint8_t>(kWidth, kHeight, 3, false), {.extension = ".png"}, "cat",
                 [&](Bytes piece) {
                   bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
                 });
    write_text(folder / "cat.png", bytes);
    job.output = folder / "sheet.png";
    job.options.view = {kWidth, kHeight};
    job.style.labels = {};
    job.style.gap = 0;
    job.style.border = 0;
  }

  [[nodiscard]] SheetRow row(const ForwardProcess& process, std::uint64_t seed,
                             std::vector<int> ts) {
    return {"", folder / "cat.png", &process, seed, std::move(ts)};
  }

  [[nodiscard]] Image image(const std::string& name) const {
    const std::string path = folder / name;
    return decode_image(read_file(path), path);
  }

  // The pixels of the sheet from (x, y) on that are a frame's.
  [[nodiscard]] std::vector<std::uint8_t> frame_at(const Image& sheet, int x, int y) const {
    const auto& from = std::get<Planes<std::uint8_t>>(sheet.planes).colour;
    std::vector<std::uint8_t> out;
    for (int v = 0; v < kHeight; ++v) {
      const auto begin = from.begin() + std::ptrdiff_t{3} * ((y + v) * sheet.width + x);
      out.insert(out.end(), begin, begin + std::ptrdiff_t{3} * kWidth);
    }
    return out;
  }

  // The frame that `noise` makes.
  [[nodiscard]] std::vector<std::uint8_t> noised(const ForwardProcess& process, std::uint64_t seed,
                                                 int t) {
    NoiseJob noise;
    noise.input = folder / "cat.png";
    noise.output = folder / "noised.png";
    noise.t = t;
    noise.seed = seed;
    noise.options.overwrite = true;
    noise_file(noise, process);
    return std::get<Planes<std::uint8_t>>(image("noised.png").planes).colour;
  }

  TemporaryFolder folder;
  ForwardProcess linear;
  ForwardProcess cosine;
  SheetJob job;
};

TEST_F(Sheet, HoldsTheFramesThatNoiseMakes) {
  job.rows = {row(linear, 3, {0, 250, 1000}), row(cosine, 4, {1, 500, 999})};
  write_sheet(job);
  const Image sheet = image("sheet.png");
  ASSERT_EQ(sheet.width, 3 * kWidth);
  ASSERT_EQ(sheet.height, 2 * kHeight);
  for (std::size_t r = 0; r < job.rows.size(); ++r) {
    for (std::size_t c = 0; c < 3; ++c) {
      const SheetRow& made = job.rows[r];
      EXPECT_EQ(frame_at(sheet, static_cast<int>(c) * kWidth, static_cast<int>(r) * kHeight),
                noised(*made.process, made.seed, made.ts[c]))
          << r << ", " << c;
    }
  }
}

TEST_F(Sheet, GapAndBorderAreOfTheBackground) {
  job.rows = {row(linear, 0, {0, 1000})};
  job.style.gap = 5;
  job.style.border = 7;
  job.style.background = {10, 20, 30};
  write_sheet(job);
  const Image sheet = image("sheet.png");
  ASSERT_EQ(sheet.width, 2 * kWidth + 5 + 2 * 7);
  ASSERT_EQ(sheet.height, kHeight + 2 * 7);
  EXPECT_EQ(frame_at(sheet, 7 + kWidth + 5, 7), noised(linear, 0, 1000));
  const auto& rgb = std::get<Planes<std::uint8_t>>(sheet.planes).colour;
  for (int y = 0; y < sheet.height; ++y) {
    for (int x = 0; x < sheet.width; ++x) {
      const bool inside =
          y >= 7 && y < 7 + kHeight &&
          ((x >= 7 && x < 7 + kWidth) || (x >= 7 + kWidth + 5 && x < sheet.width - 7));
      const auto* pixel = &rgb[std::size_t{3} * static_cast<std::size_t>(y * sheet.width + x)];
      if (!inside) {
        ASSERT_EQ((std::vector<int>{pixel[0], pixel[1], pixel[2]}), (std::vector<int>{10, 20, 30}))
            << x << ", " << y;
      }
    }
  }
}

TEST_F(Sheet, LabelsAndHistogramsTakeTheirRoomOutsideOfTheFrames) {
  job.rows = {row(linear, 0, {0, 500, 1000}), row(cosine, 0, {0, 500, 1000})};
  job.rows[0].label = "linear";
  job.rows[1].label = "cosine";
  job.style.labels = {SheetLabel::t, SheetLabel::log_snr};
  job.style.histogram = true;
  write_sheet(job);
  const Image sheet = image("sheet.png");
  // Both frames of t = 1000 are there, whole, somewhere.
  for (const ForwardProcess* process : {&linear, &cosine}) {
    const auto wanted = noised(*process, 0, 1000);
    bool found = false;
    for (int y = 0; y + kHeight <= sheet.height && !found; ++y) {
      for (int x = 0; x + kWidth <= sheet.width && !found; ++x) {
        found = frame_at(sheet, x, y) == wanted;
      }
    }
    EXPECT_TRUE(found);
  }
}

TEST_F(Sheet, RefusesWhatItCannotWrite) {
  job.rows = {row(linear, 0, {0, 1000})};
  job.output = folder / "cat.png";
  job.options.overwrite = true;
  EXPECT_THROW(write_sheet(job), InvalidArgument);
  job.output = folder / "sheet.npy";
  EXPECT_THROW(write_sheet(job), InvalidArgument);
  job.output = folder / "sheet.png";
  job.options.overwrite = false;
  write_text(job.output, "mine");
  EXPECT_THROW(write_sheet(job), Error);
  job.output = "-";
  job.rows = {row(linear, 0, {0}), row(linear, 1, {0})};
  job.rows[0].input = job.rows[1].input = "-";
  EXPECT_THROW(write_sheet(job), InvalidArgument);
}

TEST(Histogram, OfNormalSamplesIsTheBell) {
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same in every run
  std::normal_distribution<float> normal(0.25F, 1.5F);
  std::vector<float> samples(1 << 20);
  for (float& x : samples) x = normal(random);
  const Histogram histogram = histogram_of(samples, 6);
  EXPECT_NEAR(histogram.mean, 0.25, 0.01);
  EXPECT_NEAR(histogram.variance, 2.25, 0.02);
  double total = 0;
  for (std::size_t bin = 0; bin < 48; ++bin) {
    const double low = -6 + 12.0 * static_cast<double>(bin) / 48;
    const auto below = [](double x) { return std::erfc(-(x - 0.25) / 1.5 / std::sqrt(2.0)) / 2; };
    const double share = below(low + 0.25) - below(low);
    EXPECT_NEAR(density_in(histogram, bin, 48) * 0.25, share, 5e-4) << bin;
    total += density_in(histogram, bin, 48) * 0.25;
  }
  EXPECT_NEAR(total, 1, 1e-4);  // beyond four deviations lies that little
}

TEST(Histogram, SamplesBeyondTheReachCountForTheMomentsAlone) {
  const Histogram histogram = histogram_of(std::vector<float>{-10, 0.5F, 0.5F, 9}, 1);
  EXPECT_EQ(histogram.mean, 0);
  EXPECT_EQ(histogram.variance, (100 + 81 + 0.5) / 4);
  double total = 0;
  for (const double density : histogram.density) total += density;
  EXPECT_DOUBLE_EQ(total * 2 / Histogram::kBins, 0.5);
}

TEST(SheetLabels, SayWhatTheScheduleSays) {
  const NoiseSchedule schedule = make_schedule({.name = "linear"});
  EXPECT_EQ(forms_of(SheetLabel::t, schedule, 250, 1), (Forms{"t = 249", "249"}));
  EXPECT_EQ(forms_of(SheetLabel::alpha, schedule, 250, 0), (Forms{"α = 0.724", "0.724"}));
  EXPECT_EQ(forms_of(SheetLabel::sigma, schedule, 250, 0), (Forms{"σ = 0.690", "0.690"}));
  EXPECT_EQ(forms_of(SheetLabel::log_snr, schedule, 1000, 0),
            (Forms{"log SNR = −10.12", "−10.12"}));
  EXPECT_EQ(forms_of(SheetLabel::log_snr, schedule, 0, 0), (Forms{"log SNR = ∞", "∞"}));
  EXPECT_EQ(forms_of(SheetLabel::sigma, make_schedule({.name = "karras"}), 1000, 0).back(),
            "80.00");
}

TEST(SheetLabels, TheLongestFormThatFitsAllIsTaken) {
  const std::vector<Forms> texts = {{"mean −0.01, variance 0.98", "0.98"}, {"m", "v"}};
  EXPECT_EQ(fitting_form(texts, 10, 1000), 0U);
  EXPECT_EQ(fitting_form(texts, 10, 30), 1U);
  EXPECT_EQ(fitting_form(texts, 10, 1), 1U);
}

TEST_F(Sheet, ALongNameOfARowTakesNoMoreRoomThanAShorterOneAndEndsNoLine) {
  const auto width = [&](const std::string& label) {
    job.rows = {row(linear, 0, {0, 1000})};
    job.rows[0].label = label;
    job.options.overwrite = true;
    write_sheet(job);
    return image("sheet.png").width;
  };
  const int most = width(std::string(60, 'm'));
  EXPECT_LT(width("mmm"), most);
  EXPECT_LE(width(std::string(600, 'm')), most + 10);
  EXPECT_EQ(width("a\nb"), width("a?b"));
}

}  // namespace
}  // namespace qsample
