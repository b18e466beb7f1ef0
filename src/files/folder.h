// The folders that a run writes to.
#pragma once

#include <string>

namespace qsample {

/// Makes a folder and those above it, and clears it. Throws Error.
void make_folder(const std::string& folder);

/// Removes the temporary files that killed runs have left in a folder, once in a run, if it is
/// there. Those of runs at work stay.
void clear_folder(const std::string& folder);

/// To be told that a file was put into a folder.
void note_change(const std::string& folder);

/// Syncs the folders that files were put into since the last call: then the names, too, outlast a
/// power cut. Throws Error for the first that can't be, after the others are done.
void sync_folders();

/// What a run calls its temporary files until they are whole: ".qsample-<process>-<number>.tmp".
[[nodiscard]] std::string temporary_name(unsigned process, unsigned number);

}  // namespace qsample
