// Ctrl-C and its kin.
#pragma once

#include <functional>
#include <string>

#include "cli/console.h"
#include "files/outputs.h"
#include "qsample/run.h"

namespace qsample::cli {

/// From now on SIGINT, SIGTERM and SIGHUP ask for an orderly end, and so does a pipe that nobody
/// reads any more: whoever looks at the stop flag ends. Where the process is still there after a
/// third of a second, or when a second signal comes, it is ended from beside, whatever it is at:
/// its temporary files are removed, its last words said. A file that grows past its limit is an
/// error like another.
void catch_stop_signals(const Console& console);

/// What an end by a signal says, such as how much is done: asked for when it comes, by any thread,
/// once no file can be finished any more.
void set_last_words(std::function<std::string()> words);

/// Says them, unless they are said or nobody listens any more.
void say_last_words();

/// What this process writes. Never destroyed: the watch may outlast main(). A wait of a read or a
/// write ends when such a signal comes; one that lasts is told of.
[[nodiscard]] Outputs& outputs();

/// How a command's work runs: it ends when such a signal comes.
[[nodiscard]] RunOptions run_options(int workers, Progress progress);

/// Set once such a signal has come.
[[nodiscard]] Stop stop_flag();

/// The exit status that tells which signal it was, such as 130, 143 or 129; 0 if none has come.
[[nodiscard]] int stop_status();

}  // namespace qsample::cli
