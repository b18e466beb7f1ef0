#include "cli/commands/commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <vector>

#include "base/nearest_name.h"
#include "image/image_io.h"
#include "qsample/error.h"
#include "qsample/schedule.h"

namespace qsample::cli {
namespace {

namespace fs = std::filesystem;

constexpr const Command* kCommands[] = {&kNoise, &kTrajectory, &kBatch,  &kSchedule,  &kSheet,
                                        &kPage,  &kInfo,       &kVerify, &kCompletion};

// What somebody meant who wrote `word` for a command; empty where that can't be told.
std::string meant_by(const std::string& word, std::vector<std::string_view> names) {
  if (word == "version") return "--version";
  names.emplace_back("help");
  if (const auto near = nearest_name(word, names); !near.empty()) return std::string(near);
  std::error_code unknown;
  if (fs::is_directory(word, unknown)) return fmt::format("qsample batch {}", word);
  if (is_schedule_family(word)) return fmt::format("qsample schedule --schedule {}", word);
  const bool image = codec_for_extension(fs::path(word).extension().string()) != nullptr;
  if (image || fs::exists(word, unknown)) return fmt::format("qsample noise {}", word);
  return {};
}

}  // namespace

std::span<const Command* const> commands() { return kCommands; }

Run declare(const Command& command, CLI::App& app, Console& console) {
  app.set_help_flag("-h,--help", "the usual options by -h, all by --help");
  return command.add_options(app, console);
}

const Command& find_command(const std::string& name) {
  std::vector<std::string_view> names;
  for (const Command* command : kCommands) {
    if (name == command->name) return *command;
    names.emplace_back(command->name);
  }
  const std::string meant = meant_by(name, names);
  throw InvalidArgument(fmt::format("unknown command '{}'; the commands are {}{}{}", name,
                                    fmt::join(names, ", "), meant.empty() ? "" : "; did you mean ",
                                    meant));
}

}  // namespace qsample::cli
