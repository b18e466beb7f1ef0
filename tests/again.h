// The command that `info` prints, taken as a shell and the program take it.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands/description.h"
#include "cli/console.h"
#include "cli/options/noise/noise_options.h"
#include "cli/options/schedule_options.h"
#include "cli/options/shared_options.h"
#include "cli/options/timesteps/timestep_options.h"
#include "pipeline/record/record.h"
#include "qsample/error.h"

namespace qsample {

/// The words of a line as bash splits it: bare ones, '...' and $'...' with \x and two digits.
/// Throws std::runtime_error at anything that a shell might take otherwise.
inline std::vector<std::string> shell_words(std::string_view line) {
  constexpr std::string_view kBare =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./,=-";
  std::vector<std::string> words;
  for (std::size_t at = 0; at < line.size(); ++at) {
    std::string word;
    const bool escapes = line.substr(at).starts_with("$'");
    if (escapes || line[at] == '\'') {
      for (at += escapes ? 2 : 1; at < line.size() && line[at] != '\''; ++at) {
        if (escapes && line.substr(at).starts_with("\\n")) {
          word += '\n';
          ++at;
        } else if (escapes && line[at] == '\\') {
          if (!line.substr(at).starts_with("\\x")) throw std::runtime_error("an escape");
          word += static_cast<char>(std::stoi(std::string(line.substr(at + 2, 2)), nullptr, 16));
          at += 3;
        } else if (escapes && line[at] == '!') {
          throw std::runtime_error("a shell's history");
        } else {
          word += line[at];
        }
      }
      if (at >= line.size()) throw std::runtime_error("a quote without its end");
      ++at;
    } else {
      if (line[at] == '=') throw std::runtime_error("zsh takes it for a program's path");
      while (at < line.size() && kBare.find(line[at]) != std::string_view::npos) word += line[at++];
      if (word.empty()) throw std::runtime_error("a character that means something to a shell");
    }
    if (at < line.size() && line[at] != ' ') throw std::runtime_error("a word of two sorts");
    words.push_back(word);
  }
  return words;
}

/// The options of `noise` that make a file, without those that say where it goes.
struct AgainOptions {
  std::string input;
  std::uint32_t draw = 0;
  std::vector<std::string> saved;
  cli::TimestepOptions timestep;
  InputOptions reading;
  cli::NoiseOptions noise;
  cli::ScheduleOptions schedule;
  OutputOptions output;
};

/// What is wrong with the command that is printed for `record`; empty where it is as it should be:
/// one line that gives the process of the record to `noise`, and no file that it writes a name of
/// the record's choosing. Throws Error for what is not a record, and for a process that is
/// impossible.
inline std::string wrong_with_again(const std::string& record) {
  const Record wanted = read_record(record);
  const std::string line = cli::command_of(wanted);
  if (cli::printable(line) != line) return "it holds what a terminal obeys";
  std::vector<std::string> words;
  try {
    words = shell_words(line);
  } catch (const std::exception& e) {
    return std::string("it holds ") + e.what();
  }
  if (words.size() < 3 || words[0] != "qsample" || words[1] != "noise")
    return "it is not a command";
  if (words[2].starts_with('-') && words[2] != "-") return "its input is an option";

  AgainOptions options;
  cli::Console console;
  console.quiet = true;
  CLI::App app;
  app.add_option("INPUT", options.input)->required();
  app.add_option("--save", options.saved)->allow_extra_args(false);
  options.timestep.add_to(app, "");
  options.timestep.add_places_to(app);
  cli::add_input_options(app, options.reading, console);
  options.noise.add_to(app);
  options.noise.add_drawing(app);
  options.noise.add_additions(app);
  double sigma_data = kSigmaData;
  app.add_option("--draw", options.draw);
  app.add_option("--sigma-data", sigma_data);
  options.schedule.add_to(app);
  cli::add_output_options(app, options.output);
  cli::add_view_options(app, options.output.view);
  std::vector<std::string> reversed(words.rbegin(), words.rend() - 2);
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError& e) {
    return std::string("it is refused: ") + e.what();
  }
  if (options.output.overwrite || !options.output.metadata) return "it replaces what is there";
  for (const auto& saved : options.saved) {
    const auto file = saved.substr(saved.find('=') + 1);
    const auto begin = base_name(wanted.source.name).substr(0, 1);
    if (file.find('/') != std::string::npos || !file.ends_with(".safetensors") ||
        file.find(wanted.place ? "_" + place_word(*wanted.place) : "_t") == std::string::npos ||
        !file.starts_with(begin)) {
      return "it saves to a name of the record's choosing";
    }
  }
  const std::size_t kinds =
      std::count_if(wanted.saved.begin(), wanted.saved.end(),
                    [](const std::string& name) { return name != kNoisedName; });
  if (options.saved.size() != kinds) return "it saves something else";
  if (wanted.spec.name == "betas" || wanted.spec.name == "table") {
    const auto file = options.schedule.file();
    return file.empty() || file.starts_with('/') ? "its schedule is none of a file's" : "";
  }
  if (!options.schedule.file().empty()) return "its schedule is a file";
  if (wanted.spec.steps > 2000) return {};  // right, and slow

  // The record of what the command would make, as far as a command tells.
  ForwardProcess process = options.noise.process(options.schedule, console);
  const int t = options.timestep.choice(process.spec, process.schedule, console).ts.front();
  if (wanted.place && !process.schedule.is_point(t)) return {};  // the place of a timestep
  Source source = wanted.source;
  source.range = options.reading.range;
  source.frame = options.reading.decoding.frame;
  std::vector<Tensor> tensors;
  for (const auto& name : wanted.saved) tensors.push_back({name, ""});
  const bool has_scalings =
      std::any_of(wanted.saved.begin(), wanted.saved.end(), [](const std::string& name) {
        return find_target(name) != nullptr && find_target(name)->has_scalings;
      });
  const auto again = with_findings(
      record_of({.process = process,
                 .seed = options.noise.seed,
                 .draw = options.draw,
                 .t = t,
                 .source = source,
                 .tensors = tensors,
                 .sigma_data = has_scalings ? std::optional(sigma_data) : std::nullopt},
                options.output, resolve("-", options.output).format()),
      {.damage = options.reading.decoding.allow_damaged ? "some" : ""});
  if (cli::command_of(read_record(again)) != line) return "it gives another process";
  const auto input = wanted.source.folder.empty() ? wanted.source.name
                                                  : wanted.source.folder + "/" + wanted.source.name;
  const bool piped = input == "stdin" && options.input == "-";
  if (!piped && options.input != input && options.input != "./" + input) return "another input";
  return {};
}

}  // namespace qsample
