// Bytes as text.
#pragma once

#include <string>

#include "qsample/bytes.h"

namespace qsample {

/// The bytes in base64 (RFC 4648), padded.
[[nodiscard]] std::string base64(Bytes bytes);

}  // namespace qsample
