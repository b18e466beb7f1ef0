// The files of runs that are not whole yet.
#pragma once

#include <string>
#include <string_view>

namespace qsample {

/// What a run on this host calls its temporary files until they are whole:
/// ".qsample-<host>-<process>-<number>.tmp".
[[nodiscard]] std::string temporary_name(unsigned process, unsigned number);

/// A host's name as it stands in a file's: what is no letter, digit, dot, dash or underscore
/// becomes an underscore, and no more than 64 bytes, as many as Linux lets it have.
[[nodiscard]] std::string host_in_name(std::string_view host);

/// Removes the temporary files that killed runs on this host have left in a folder, if it is there.
/// Those of runs at work stay, and those of other hosts, of which that can't be told.
void remove_left_temporaries(const std::string& folder);

}  // namespace qsample
