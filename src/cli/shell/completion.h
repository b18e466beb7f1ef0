// Scripts that let a shell complete the command line. Each is whole in itself: nothing is run when
// a key is pressed.
#pragma once

#include <span>
#include <string>

#include "cli/shell/words.h"

namespace qsample::cli {

[[nodiscard]] std::string bash_completion(std::span<const CommandWords> commands);
[[nodiscard]] std::string zsh_completion(std::span<const CommandWords> commands);
[[nodiscard]] std::string fish_completion(std::span<const CommandWords> commands);

/// A shell, and what writes its script.
struct Shell {
  const char* name;
  std::string (*completion)(std::span<const CommandWords> commands);
  /// Where below a prefix's share/ the shell looks for it.
  const char* place;
};

inline constexpr Shell kShells[] = {
    {"bash", bash_completion, "bash-completion/completions/qsample"},
    {"zsh", zsh_completion, "zsh/vendor-completions/_qsample"},
    {"fish", fish_completion, "fish/vendor_completions.d/qsample.fish"},
};

}  // namespace qsample::cli
