// A record in words.
#pragma once

#include <string>
#include <vector>

#include "pipeline/record/record.h"

namespace qsample::cli {

/// What `record`, the JSON text that a file carries, says: a line for each of its parts, and the
/// command that makes the file again. Throws Error for what is not a record.
[[nodiscard]] std::string description_of(const std::string& record);

/// The record as it is, with the command under the key "again". Throws Error.
[[nodiscard]] std::string json_description_of(const std::string& record);

/// The command line that makes a file again, as bash and zsh take it: in the folder where the input
/// was named from, in a batch the input folder. It writes new files of names that follow from the
/// input's, in the working folder, and replaces none: whatever a record says, no option of its
/// choice gets in.
[[nodiscard]] std::string command_of(const Record& record);

/// The same as words that no shell has to take apart; "qsample" is the first.
[[nodiscard]] std::vector<std::string> command_words(const Record& record);

/// The words of that command line for the input, and how it is read; and for the schedule.
[[nodiscard]] std::string input_words(const Record& record);
[[nodiscard]] std::string schedule_words(const Record& record);

/// The options that say what is done to x_0; empty where that is scaling and adding noise alone.
[[nodiscard]] std::string process_words(const Corruption& corruption);

/// Its options for the size of what is written; empty where the image is not scaled.
[[nodiscard]] std::string view_words(const View& view);

/// `word` as bash and zsh need it written to take it for one word of these bytes; with nothing in
/// it that a terminal obeys.
[[nodiscard]] std::string shell_word(const std::string& word);

}  // namespace qsample::cli
