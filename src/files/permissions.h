// Who may read and write a file that takes another's place.
#pragma once

#include <sys/stat.h>

#include <string>

namespace qsample {

/// Gives the open file `fd`, which has the mode 600, the permissions of the file `name` in
/// `folder`, which is described by `old`, and its owner and group as far as this process may. It is
/// never open to anybody who may not use the old one. False, with errno set, where the system
/// fails.
[[nodiscard]] bool take_permissions(int fd, int folder, const std::string& name,
                                    const struct stat& old);

}  // namespace qsample
