// The picture of schedules, and the job that writes it.
#include "qsample/jobs/curves.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/json.h"
#include "files.h"
#include "opencv/drawing/lettering.h"
#include "pipeline/curves/balance.h"
#include "pipeline/curves/curves_plot.h"
#include "pipeline/curves/quantities.h"
#include "pipeline/plot/lettering.h"
#include "pipeline/plot/svg.h"
#include "temporary_folder.h"

namespace qsample {
namespace {

NamedSchedule named(const std::string& name, int steps = 1000) {
  return {name, make_schedule({.name = name, .steps = steps})};
}

std::vector<NamedSchedule> all_families(int steps) {
  std::vector<NamedSchedule> all;
  for (const ScheduleFamily& family : schedule_families()) {
    if (family.name == "linear-scaled" && steps < 21) continue;
    all.push_back(named(std::string(family.name), steps));
  }
  return all;
}

std::string refusal(const CurvesJob& job) {
  try {
    write_curves(job);
  } catch (const InvalidArgument& e) {
    return e.what();
  }
  return "taken";
}

const plot::Group& group(const plot::Plot& picture, std::string_view name) {
  for (const plot::Group& found : picture.groups) {
    if (found.name == name) return found;
  }
  throw Error("no such group");
}

// The strokes of one curve.
std::vector<plot::Stroke> strokes_of(const plot::Group& found, std::size_t curve) {
  std::vector<plot::Stroke> strokes;
  for (const plot::Stroke& stroke : found.strokes) {
    if (stroke.paint.ink == plot::Ink::curve && stroke.paint.curve == curve) {
      strokes.push_back(stroke);
    }
  }
  return strokes;
}

TEST(Curves, EndsAreTheSchedulesValues) {
  const auto picture = plot::curves_plot({.schedules = {named("linear"), named("cosine")}});
  const auto& panel = group(picture, "alpha_bar");
  // The frame: its left upper corner, its lower ones. alpha_bar goes from 1 to nearly 0.
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
  for (const plot::Stroke& stroke : panel.strokes) {
    if (stroke.paint.ink != plot::Ink::axis || stroke.points.size() != 3) continue;
    left = stroke.points[0].x;
    top = stroke.points[0].y;
    right = stroke.points[2].x;
    bottom = stroke.points[2].y;
  }
  for (std::size_t curve = 0; curve < 2; ++curve) {
    const auto strokes = strokes_of(panel, curve);
    ASSERT_EQ(strokes.size(), 1U);
    EXPECT_NEAR(strokes[0].points.front().x, left, 1e-9);
    EXPECT_NEAR(strokes[0].points.front().y, top, 1e-9);
    EXPECT_NEAR(strokes[0].points.back().x, right, 1e-9);
    EXPECT_NEAR(strokes[0].points.back().y, bottom, 0.01);
  }
  EXPECT_NE(strokes_of(panel, 0)[0].dashes, strokes_of(panel, 1)[0].dashes);
}

TEST(Curves, EverythingIsInsideAtAnySize) {
  for (const int steps : {1, 2, 10, 1000}) {
    CurvesJob job{.schedules = all_families(steps), .marks = {0, 1}};
    if (steps == 1000) job.schedules.push_back(named("cosine", 77));
    for (const int width : {16, 64, 150, 300, 640, 2000}) {
      for (const int height : {0, 16, 64, 300, 1500}) {
        job.width = width;
        job.height = height;
        const auto picture = plot::curves_plot(job);
        EXPECT_EQ(picture.width, width);
        EXPECT_TRUE(height == 0 || picture.height == height);
        ASSERT_GE(picture.groups.size(), 4U);
        for (const plot::Group& found : picture.groups) {
          for (const plot::Stroke& stroke : found.strokes) {
            for (const Point at : stroke.points) {
              ASSERT_TRUE(at.x >= 0 && at.x <= width && at.y >= 0 && at.y <= picture.height)
                  << found.name << ' ' << at.x << ' ' << at.y << " of " << width << 'x'
                  << picture.height;
            }
          }
          for (const plot::Text& text : found.texts) {
            const double wide = text_width(text.text, text.size);
            const double begin = text.anchor == Anchor::start ? text.at.x
                                 : text.anchor == Anchor::end ? text.at.x - wide
                                                              : text.at.x - wide / 2;
            ASSERT_TRUE(begin >= 0 && begin + wide <= width) << text.text << " of " << width;
            ASSERT_TRUE(text.at.y - 0.7 * text.size >= 0 && text.at.y <= picture.height)
                << text.text << " of " << width << 'x' << picture.height;
          }
        }
      }
    }
  }
}

// A text's place, where no other may be.
struct Place {
  double left, top, right, bottom;
};

TEST(Curves, NoTextLiesOnAnother) {
  for (const std::size_t count : {1, 2, 4, 8}) {
    for (const int width : {64, 300, 380, 640, 2000}) {
      CurvesJob job{.schedules = all_families(1000), .marks = {1, 240, 250, 999}, .width = width};
      job.schedules.resize(count, job.schedules.front());
      std::vector<Place> places;
      for (const plot::Group& found : plot::curves_plot(job).groups) {
        for (const plot::Text& text : found.texts) {
          const double wide = text_width(text.text, text.size);
          const double left = text.anchor == Anchor::start ? text.at.x
                              : text.anchor == Anchor::end ? text.at.x - wide
                                                           : text.at.x - wide / 2;
          const Place place{left, text.at.y - 0.73 * text.size, left + wide, text.at.y};
          for (const Place& other : places) {
            ASSERT_FALSE(place.left < other.right && other.left < place.right &&
                         place.top < other.bottom && other.top < place.bottom)
                << text.text << " of " << count << " at " << width;
          }
          places.push_back(place);
        }
      }
    }
  }
}

TEST(Curves, AxesFitTheirCurves) {
  const auto axis = [](std::string_view name, const std::vector<NamedSchedule>& schedules) {
    for (const plot::Quantity& quantity : plot::quantities()) {
      if (quantity.name == name) return plot::axis_of(quantity, schedules);
    }
    throw Error("no such quantity");
  };
  EXPECT_FALSE(axis("beta", {named("linear")}).logarithmic);
  EXPECT_TRUE(axis("beta", {named("cosine")}).logarithmic) << "0.999 at its end";
  EXPECT_FALSE(axis("sigma", {named("linear"), named("flow")}).logarithmic);
  EXPECT_TRUE(axis("sigma", {named("linear"), named("karras")}).logarithmic) << "sigma to 80";
  EXPECT_DOUBLE_EQ(axis("alpha_bar", {named("linear")}).high, 1);
  // 100 000 steps of DDPM's betas end at a log SNR of -1000, which nobody sees.
  EXPECT_DOUBLE_EQ(axis("log_snr", {named("linear", 100000)}).low, -40);
}

TEST(Curves, BalanceIsWhereTheSnrIsOne) {
  for (const NamedSchedule& each : all_families(1000)) {
    const auto balance = plot::balance_of(each.schedule);
    ASSERT_TRUE(balance) << each.label;
    int nearest = 1;
    for (int t = 1; t <= each.schedule.steps(); ++t) {
      if (std::abs(each.schedule.log_snr(t)) < std::abs(each.schedule.log_snr(nearest)))
        nearest = t;
    }
    EXPECT_EQ(balance->nearest, nearest) << each.label;
    const double before = each.schedule.log_snr(balance->before);
    const double after = each.schedule.log_snr(balance->before + 1);
    EXPECT_NEAR(before + balance->share * (after - before), 0, 1e-9) << each.label;
  }
  EXPECT_FALSE(plot::balance_of(named("linear", 10).schedule)) << "its SNR ends above 1";
}

TEST(Curves, NamesOfSchedulesDoNoHarm) {
  CurvesJob job{.schedules = {named("linear")}};
  constexpr const char kTurnsText[] = {'\xE2', '\x80', '\xAE', '\0'};
  job.schedules.front().label = std::string("<a & \"b\">\n\x01\xff") + kTurnsText + "]]>";
  const std::string text = plot::svg_of(plot::curves_plot(job), Theme::automatic);
  EXPECT_NE(text.find("&lt;a &amp; \"b\"&gt;????]]&gt;"), std::string::npos) << text.substr(0, 500);
  EXPECT_EQ(text.find('\x01'), std::string::npos);
  const std::string shortened = plot::shortened(std::string(300, 'm') + "end", 100, 13);
  EXPECT_LE(text_width(shortened, 13), 100);
  EXPECT_TRUE(shortened.ends_with("d")) << shortened;
}

TEST(Curves, NumbersAreTypeset) {
  EXPECT_EQ(plot::typeset("-2.5"), "\u22122.5");
  EXPECT_EQ(plot::typeset("1e-6"), "10\u207B\u2076");
  EXPECT_EQ(plot::typeset("-1.25e+05"), "\u22121.25\u00D710\u2075");
  EXPECT_EQ(plot::typeset("0.02"), "0.02");
}

TEST(Curves, TheSameNumbersAsPng) {
  const TemporaryFolder folder;
  for (const Theme theme : {Theme::light, Theme::dark}) {
    CurvesJob job{.schedules = {named("linear")},
                  .output = folder / "a.png",
                  .theme = theme,
                  .width = 640,
                  .overwrite = true};
    write_curves(job);
    const Image image = decoded(read_text(job.output));
    const auto picture = plot::curves_plot(job);
    ASSERT_EQ(image.width, picture.width);
    ASSERT_EQ(image.height, picture.height);
    const auto& colours = std::get<Planes<std::uint8_t>>(image.planes).colour;
    const auto red = [&](Point at) {
      return colours[(static_cast<std::size_t>(at.y) * static_cast<std::size_t>(image.width) +
                      static_cast<std::size_t>(at.x)) *
                     3];
    };
    const int paper = theme == Theme::light ? 0xFF : 0x14;
    EXPECT_EQ(red({0, 0}), paper);
    // Where SVG has the curve's points, the picture has its colour.
    const int curve = theme == Theme::light ? 0x00 : 0x56;
    const auto strokes = strokes_of(group(picture, "beta"), 0);
    ASSERT_EQ(strokes.size(), 1U);
    const auto& points = strokes[0].points;
    for (const double share : {0.4, 0.6, 0.8}) {
      const Point at{points.front().x + share * (points.back().x - points.front().x),
                     points.front().y + share * (points.back().y - points.front().y)};
      EXPECT_NEAR(red(at), curve, 40) << share;
      EXPECT_NEAR(red({at.x, at.y - 8}), paper, 40) << share;
    }
  }
}

TEST(Curves, TablesOfSeveral) {
  const TemporaryFolder folder;
  CurvesJob job{.schedules = {named("linear", 3), named("cosine", 2)}, .output = folder / "a.json"};
  job.schedules[1].label = "co\"s,ine";
  write_curves(job);
  const Json json = parse_json(read_text(job.output));
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json["linear"].size(), 4U);
  EXPECT_EQ(json["co\"s,ine"].size(), 3U);
  EXPECT_EQ(json["linear"][3]["beta"].get<double>(), job.schedules[0].schedule.beta(3));
  EXPECT_TRUE(json["linear"][0]["beta"].is_null());

  job.output = folder / "a.csv";
  write_curves(job);
  const std::string csv = read_text(job.output);
  EXPECT_TRUE(
      csv.starts_with("schedule,t,beta,alpha_bar,alpha,sigma,snr,log_snr\nlinear,0,,1,1,0,"));
  EXPECT_NE(csv.find("\n\"co\"\"s,ine\",2,"), std::string::npos) << csv;

  job.rows = {3, 1};
  job.output = folder / "b.json";
  write_curves(job);
  const Json rows = parse_json(read_text(job.output));
  ASSERT_EQ(rows["linear"].size(), 1U);
  EXPECT_EQ(rows["linear"][0]["t"], 3);
  EXPECT_EQ(rows["co\"s,ine"][0]["t"], 1);
}

TEST(Curves, ContradictionsAreRefusedAndNothingIsWritten) {
  const TemporaryFolder folder;
  const auto job = [&](const std::string& name) {
    return CurvesJob{.schedules = {named("linear", 10)}, .output = folder / name};
  };
  const auto expect = [&](const CurvesJob& wrong, const std::string& why) {
    const std::string said = refusal(wrong);
    EXPECT_NE(said.find(why), std::string::npos) << said;
  };
  expect(job("a.gif"), "known endings are .svg, .png, .csv, .json");
  expect(job("a"), "has no ending");
  auto wrong = job("a.svg");
  wrong.format = "csv";
  expect(wrong, "leave out one");
  wrong = job("a.svg");
  wrong.marks = {11};
  expect(wrong, "`mark`: 11 is outside 0..10");
  wrong = job("a.svg");
  wrong.rows = {3};
  expect(wrong, "a single row is of a table");
  wrong = job("a.csv");
  wrong.marks = {3};
  expect(wrong, "`mark` is of a picture");
  wrong = job("a.csv");
  wrong.theme = Theme::dark;
  expect(wrong, "`theme` is of a picture");
  wrong = job("a.svg");
  wrong.width = 9000;
  expect(wrong, "`view-size`: 9000 is outside 16..8192");
  wrong = job("a.svg");
  wrong.schedules.push_back(wrong.schedules.front());
  expect(wrong, "two schedules are called linear");
  wrong = job("a.svg");
  wrong.other_inputs = {{folder / "a.svg", "the schedule"}};
  wrong.overwrite = true;
  EXPECT_EQ(folder.entries(), 0U);
  write_text(folder / "a.svg", "mine");
  expect(wrong, "is the input itself, the schedule");
  EXPECT_THROW(write_curves(job("a.svg")), Error);
  EXPECT_EQ(read_text(folder / "a.svg"), "mine");
}

}  // namespace
}  // namespace qsample
