// What `info` says of records, of ours and of foreign ones.
#include "cli/commands/description.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <string>
#include <vector>

#include "again.h"
#include "base/json.h"
#include "cli/commands/commands.h"
#include "cli/console.h"
#include "qsample/schedules/place.h"

namespace qsample::cli {
namespace {

std::string our_record(const ScheduleSpec& spec = {}) {
  const ForwardProcess process(spec);
  const Source source{"cat.png", "in", 1};
  return record_of(
      {.process = process, .seed = 7, .t = 3, .source = source, .tensors = {{"eps", "eps"}}}, {},
      "");
}

Json our_json() { return parse_json(our_record()); }

// Whether a record is refused; where it is taken, its command must be sound.
bool is_refused(const Json& record) {
  try {
    const auto text = record.dump();
    (void)description_of(text);
    EXPECT_EQ(wrong_with_again(text), "") << text;
    return false;
  } catch (const Error& e) {
    EXPECT_TRUE(std::string(e.what()).starts_with("its record of qsample is damaged")) << e.what();
    return true;
  }
}

TEST(Description, GivesTheRecipeAgain) {
  EXPECT_FALSE(is_refused(our_json()));
  for (const auto& family : schedule_families()) {
    EXPECT_EQ(wrong_with_again(our_record({.name = std::string(family.name), .steps = 20})), "")
        << family.name;
  }
  EXPECT_EQ(wrong_with_again(our_record({.steps = 9,
                                         .zero_terminal_snr = true,
                                         .snr_shift = 3,
                                         .least_alpha_bar = 1e-7,
                                         .unscaled = true})),
            "");
  EXPECT_EQ(wrong_with_again(our_record({.betas = {0.1, 0.2, 0.3}})), "");
  EXPECT_EQ(wrong_with_again(our_record({.table = {{0.5, 0.5}, {0.2, 0.8}, {0.1, 0.9}}})), "");
  EXPECT_EQ(wrong_with_again(our_record({.precision = Precision::float32_sigmas})), "");
}

TEST(Description, GivesTheProcessAgain) {
  const Source source{"cat.png", "in", 1};
  for (const CorruptionFamily& family : corruption_families()) {
    ParameterValues values;
    for (const Parameter& parameter : family.parameters) {
      values.emplace(parameter.name, parameter.default_value * 1.1);
    }
    for (const ScheduleSpec& spec : {usual_schedule(family), ScheduleSpec{.name = "cosine"}}) {
      const ForwardProcess process(spec, PathKind::shared, generators().front(), {}, {},
                                   {&family, values});
      const auto record = record_of({.process = process, .t = 3, .source = source}, {}, "");
      EXPECT_EQ(wrong_with_again(record), "") << record;
      const Record read = read_record(record);
      EXPECT_EQ(read.corruption.family, &family);
      EXPECT_EQ(read.corruption.parameters, values);
      EXPECT_EQ(parse_json(record).contains("process"), !process.corruption.is_gaussian());
    }
  }
}

// A real place as it was given, whatever its kind and its sign.
TEST(Description, GivesThePlaceAgain) {
  using enum PathPlace::Kind;
  const Source source{"cat.png", "in", 1};
  for (const std::string name : {"cosine", "vdm", "flow"}) {
    for (const PathPlace& place :
         {PathPlace{sigma, 0.1 + 0.2}, PathPlace{u, 1 / 3.0}, PathPlace{log_snr, -1.5}}) {
      for (const std::vector<Tensor>& tensors :
           {std::vector<Tensor>{}, {{"x_t", ""}, {"eps", "eps"}}, {{"edm", ""}, {"eps", ""}}}) {
        ForwardProcess process({.name = name, .steps = 37});
        const int t = put_place(process.schedule, process.spec, place);
        ASSERT_TRUE(process.schedule.is_point(t));
        const auto record = record_of(
            {.process = process, .seed = 7, .t = t, .source = source, .tensors = tensors}, {}, "");
        EXPECT_EQ(wrong_with_again(record), "") << record;
        const Record read = read_record(record);
        ASSERT_TRUE(read.place);
        EXPECT_EQ(read.place->kind, place.kind);
        EXPECT_EQ(read.place->value, place.value);
        EXPECT_EQ(parse_json(record)["t"], process.schedule.time(t));
      }
    }
  }
}

// A foreign record may give a timestep as the place that it is.
TEST(Description, TakesThePlaceOfATimestep) {
  auto record = our_json();
  record["place"]["u"] = 0.003;
  EXPECT_FALSE(is_refused(record));
  EXPECT_NE(command_of(read_record(record.dump())).find("--u 0.003"), std::string::npos);
}

TEST(Description, IsRefusedForEveryOptionThatIsNoneOfTheRecord) {
  Console console;
  CLI::App app;
  (void)kNoise.add_options(app, console);
  const auto ours = our_json();
  int tried = 0;
  for (const auto* option : app.get_options()) {
    std::vector<std::string> names = option->get_lnames();
    names.insert(names.end(), option->get_snames().begin(), option->get_snames().end());
    for (const auto& name : names) {
      for (const Json& value : {Json(true), Json("victim.png"), Json(1), Json({0, 1}), Json()}) {
        for (const char* place : {"", "schedule"}) {
          auto record = ours;
          auto& object = *place == '\0' ? record : record[place];
          if (object.contains(name)) continue;
          object[name] = value;
          // Taken only where the value is one that a record may have.
          const bool taken = !is_refused(record);
          ++tried;
          if (!taken) continue;
          const std::string again = command_of(read_record(record.dump()));
          // A tensor is named within the input, and no file.
          const bool within = again.find("--tensor victim.png") != std::string::npos;
          EXPECT_EQ(again.find("victim") != std::string::npos, within) << again;
          const bool numeric = name == "tensor" || name == "snr-shift" || name == "frame" ||
                               name == "input-range" || name == "draw" ||
                               std::any_of(noise_additions().begin(), noise_additions().end(),
                                           [&](const auto& row) { return row.name == name; });
          EXPECT_TRUE(numeric) << name << " in " << record.dump();
        }
      }
    }
  }
  EXPECT_GT(tried, 300);
}

TEST(Description, IsRefusedForValuesThatCanNotBe) {
  const auto with = [](const char* pointer, const Json& value) {
    auto record = our_json();
    record[Json::json_pointer(pointer)] = value;
    return record;
  };
  const std::vector<std::pair<const char*, std::vector<Json>>> impossible = {
      {"/source", {"", ".", "..", "a/b", "/etc/passwd", 3, Json(), std::string("a\0b", 3)}},
      {"/process",
       {"blur",
        3,
        Json(),
        Json::object(),
        {{"name", "blurr"}},
        {{"name", "blur"}, {"x", 1}},
        {{"name", "gaussian"}, {"blur-sigma-max", 3}},
        {{"name", "blur"}, {"blur-sigma-max", -3}},
        {{"name", "blur"}, {"blur-sigma-max", "3"}}}},
      {"/source-hex", {"2f", "6", "xy", "", 3}},
      {"/folder", {"", "/", "/tmp", "..", "a/../..", "../a", ".", 3}},
      {"/source-xxh3", {"xyz", "--output=x", 3, "1 2"}},
      {"/place",
       {1.234,
        "sigma=1",
        Json(),
        Json::object(),
        Json::array({1}),
        {{"sigma", "1"}},
        {{"sigma", 1}, {"u", 0.5}},
        {{"victim", 1}},
        {{"sigma", Json()}}}},
      {"/frame", {0, -1, 1.5, "1", 3e9}},
      {"/input-range", {Json::array(), {1}, {1, 0}, {"a", "b"}, {0, 1e300}, "0,1"}},
      {"/dtype", {"float8", 32, true}},
      {"/tensor", {"", 3, std::string("a\0b", 3)}},
      {"/latent-scale", {1, 0, "1"}},
      {"/offset-noise", {-1, "0.1", 1e9, Json()}},
      {"/offset-noise-random", {1, "true", Json(), true}},
      {"/perturb-targets", {0, true}},
      {"/pyramid-noise", {1.5, -1, true, 1e9}},
      {"/pyramid-discount", {0.5}},
      {"/pyramid-seed", {"1", 1}},
      {"/sigma-data", {0.5, 0, "x"}},
      {"/schedule", {Json(), "linear", Json::object()}},
      {"/schedule/name", {"", "x", "betas.txt", "../linear", 3, "betas", "cosine"}},
      {"/schedule/steps", {0, -1, 1e9, "1000", 1000.5, 2}},
      {"/schedule/beta-end", {"x", true, Json(), Json::array()}},
      {"/schedule/zero-terminal-snr", {1, "true"}},
      {"/schedule/least-alpha-bar", {1e-3, "x"}},
      {"/schedule/form", {"x", true}},
      {"/schedule/precision", {"x", 32}},
      {"/t", {-1, 1001, "3", 1.5, 18446744073709551615ULL}},
      {"/alpha", {"x", Json()}},
      {"/path", {"x", 1, ""}},
      {"/rng", {"x", 1, "philox --output x"}},
      {"/seed", {"", "-1", "18446744073709551616", "1 -f", -1, 1.5, "0x1F"}},
      {"/depth", {0, 1, 24, 64, "8"}},
      {"/range", {{1, 1}, {0, 1, 2}, "auto"}},
      {"/layout", {"x", 1}},
      {"/compression", {"x"}},
      {"/format", {"x", "", "png -f", 3}},
      {"/saved",
       {Json::object(), "eps", {{"victim", "x"}}, {{"eps", 3}}, {{"eps", "e"}, {"x_t", "x"}}}},
      {"/clipped", {"x"}},
      {"/damage", {3}},
      {"/output", {"victim.png"}},
  };
  for (const auto& [pointer, values] : impossible) {
    for (const auto& value : values) {
      EXPECT_TRUE(is_refused(with(pointer, value))) << pointer << " " << value;
    }
  }
  for (const char* key : {"qsample", "source", "schedule", "t", "seed", "source-xxh3"}) {
    auto record = our_json();
    record.erase(key);
    EXPECT_TRUE(is_refused(record)) << key;
  }
}

TEST(Description, ReadsRecordsOfOlderVersions) {
  auto record = our_json();
  for (const char* key : {"folder", "saved"}) record.erase(key);
  const auto now = record.dump();
  record["seed"] = 7;
  record["qsample"] = "0.0.1";
  EXPECT_FALSE(is_refused(record));
  EXPECT_TRUE(same_making(record.dump(), now));
  record["clipped"] = 0.5;
  record["folder"] = "elsewhere";
  EXPECT_TRUE(same_making(record.dump(), now));
  record["seed"] = 8;
  EXPECT_FALSE(same_making(record.dump(), now));
  // Of these, older versions made other samples.
  record["seed"] = 7;
  record["rng"] = "numpy";
  auto numpy = parse_json(now);
  numpy["rng"] = "numpy";
  EXPECT_FALSE(same_making(record.dump(), numpy.dump()));
  record["seed"] = "7";
  EXPECT_TRUE(same_making(record.dump(), numpy.dump()));
}

TEST(Description, KeepsNamesOfAnyBytes) {
  const std::string name = "n\xe9\xff\n'.png";
  Source source;
  source.name = name;
  const ForwardProcess process(ScheduleSpec{});
  const auto record = record_of({.process = process, .t = 3, .source = source}, {}, "");
  EXPECT_EQ(read_record(record).source.name, name);
  EXPECT_NE(record.find(R"("source-hex":"6ee9ff0a272e706e67")"), std::string::npos) << record;
  EXPECT_NE(description_of(record).find("n\\xe9\\xff\\x0a'.png\n"), std::string::npos);
  EXPECT_EQ(wrong_with_again(record), "");
}

TEST(ShellWord, IsWhatAShellTakes) {
  EXPECT_EQ(shell_word("cat.png"), "cat.png");
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("a b"), "'a b'");
  EXPECT_EQ(shell_word("new\nline.png"), "$'new\\nline.png'");
  EXPECT_EQ(shell_word("it's!"), "$'it\\x27s\\x21'");
  EXPECT_EQ(shell_word("=ls"), "'=ls'");
  EXPECT_EQ(shell_word("\u00e9"), "'\u00e9'");
  EXPECT_EQ(shell_word("\xe9"), "$'\\xe9'");
}

TEST(Printable, HidesWhatATerminalObeys) {
  EXPECT_EQ(printable("a\x1b[31m\n\x7f"), "a\\x1b[31m\\x0a\\x7f");
  EXPECT_EQ(printable("\u0085\u009b"), "\\xc2\\x85\\xc2\\x9b");
  EXPECT_EQ(printable("\x9b[31m"), "\\x9b[31m");
  // NOLINTBEGIN(misc-misleading-bidirectional): as bytes they turn nothing here.
  for (const char* turning :
       {"\xe2\x80\xaa", "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa9", "\xe2\x80\x8e",
        "\xe2\x80\x8f", "\xd8\x9c", "\xe2\x80\xa8", "\xe2\x80\x8b", "\xef\xbb\xbf"}) {
    // NOLINTEND(misc-misleading-bidirectional)
    const auto shown = printable(turning);
    EXPECT_TRUE(shown.starts_with("\\x") && shown.size() == 4 * std::string(turning).size())
        << shown;
  }
  for (const char* text :
       {"\u00e9t\u00e9", "\u732b", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\U0001f468\u200d\U0001f469", "\u00a0", "\U0010fffd"}) {
    EXPECT_EQ(printable(text), text);
  }
  EXPECT_EQ(printable("\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\xe2\x82"),
            "\\xc0\\xaf\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80\\xe2\\x82");
}

}  // namespace
}  // namespace qsample::cli
