// Where images come from and go to, as the command line names it: what is told before anything is
// read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace qsample::cli {

/// Throws Error where the input of a command that takes one image is a folder.
void check_is_one_image(const std::string& input);

/// What may have been meant by words behind the input of a command that takes one image and has its
/// timesteps from `option`.
[[nodiscard]] std::string meant_beside_image(const std::vector<std::string>& words,
                                             std::string_view option);

/// Throws InvalidArgument for an output that is standard output where that is a terminal.
void check_is_no_terminal(const std::string& output);

/// Throws InvalidArgument for an output that is not a folder for many `images` ("frames"): standard
/// output, a file, a name that a file would have, a ~ that the shell has left. It was given as
/// `option` and its name.
void check_is_folder(const std::string& output, std::string_view images,
                     std::string_view option = "-o ");

}  // namespace qsample::cli
