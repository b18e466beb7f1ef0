// The bytes of files, in memory.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

namespace qsample {

using Bytes = std::span<const std::byte>;

/// Takes a file that is made piece by piece, in order. What it throws passes.
using Sink = std::function<void(Bytes piece)>;

}  // namespace qsample
