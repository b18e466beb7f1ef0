// The hot loop of Huffman coding, for the best instruction set of this machine.
#pragma once

#include <cstdint>
#include <span>

#include "formats/png/deflate/bit_writer.h"

namespace qsample {

/// Writes the code of each byte; `codes` has one for every byte that occurs.
void put_codes(BitWriter& bits, std::span<const std::uint8_t> bytes, const Entry* codes);

}  // namespace qsample
