// Options that several commands have, declared once.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/console.h"
#include "pipeline/destination.h"
#include "pipeline/input.h"
#include "qsample/trainers/target.h"

namespace qsample::cli {

/// --range, --compression, --format, --overwrite.
void add_picture_options(CLI::App& command, OutputOptions& options);

/// The same, and --depth, --layout, --no-metadata.
void add_output_options(CLI::App& command, OutputOptions& options);

/// The width and the height of "800x600"; of "800" the one alone. Throws InvalidArgument, naming
/// the option.
[[nodiscard]] std::pair<int, std::optional<int>> parse_size_of(std::string_view text,
                                                               std::string_view option);

/// --view-size, --view-filter, of what is scaled `when`. Where the second is given, the first must
/// be.
void add_view_options(CLI::App& command, View& view,
                      const std::string& when = "for looking, after noising,");

/// --name, a pattern of outputs' names; `stem` is what {stem} is.
void add_name_option(CLI::App& command, std::string& pattern, const std::string& stem);

/// --save, which says what beside x_t is written `where`.
void add_save_option(CLI::App& command, std::vector<std::string>& saved, const std::string& form,
                     const std::string& where);

/// --sigma-data.
void add_sigma_data_option(CLI::App& command, std::optional<double>& sigma_data);

/// The target of this name; throws InvalidArgument with the known ones, each with `value` behind.
[[nodiscard]] const Target& target_of(std::string_view name, std::string_view value);

/// --overwrite.
void add_overwrite_option(CLI::App& command, bool& overwrite);

/// --input-range, --frame, --max-pixels, --allow-damaged. Warnings go to the console.
void add_input_options(CLI::App& command, InputOptions& options, const Console& console);

/// --jobs, how many `what`.
void add_jobs_option(CLI::App& command, std::optional<int>& jobs, const std::string& what);

/// What that option says, or as many as this process may run at once; then -v tells why.
[[nodiscard]] int jobs_or_default(const std::optional<int>& jobs, const Console& console);

/// --quiet, --verbose, --color.
void add_console_options(CLI::App& command, Console& console);

/// Warns of an output format that loses precision.
void warn_if_lossy(const Destination& output, const Console& console);

/// Throws InvalidArgument where the images of a folder can't be written as is asked, and warns of a
/// format that loses precision.
void check_folder_format(const std::string& folder, const OutputOptions& options,
                         const Console& console);

}  // namespace qsample::cli
