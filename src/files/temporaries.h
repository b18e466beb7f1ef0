// The files of runs that are not whole yet.
#pragma once

#include <string>

namespace qsample {

/// What a run calls its temporary files until they are whole: ".qsample-<process>-<number>.tmp".
[[nodiscard]] std::string temporary_name(unsigned process, unsigned number);

/// Removes the temporary files that killed runs have left in a folder, if it is there. Those of
/// runs at work stay.
void remove_left_temporaries(const std::string& folder);

}  // namespace qsample
