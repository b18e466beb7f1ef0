// What to do about a path at which there is nothing.
#pragma once

#include <string>

namespace qsample {

/// For an input: "; " and a remedy where the name tells what went wrong, that is where it is a URL,
/// a pattern that the shell has left as it is since nothing matches, or begins with a ~ that the
/// shell has left; else empty.
[[nodiscard]] std::string remedy_for_input(const std::string& path);

/// The same for an output.
[[nodiscard]] std::string remedy_for_output(const std::string& path);

}  // namespace qsample
