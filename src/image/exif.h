// EXIF orientation: found in a block of EXIF data, applied to pixels.
#pragma once

#include <optional>

#include "image/codec.h"

namespace qsample {

/// The orientation, 1..8, that a block of EXIF data names (TIFF structure, with or without the
/// leading "Exif\0\0"); nothing where it names none.
[[nodiscard]] std::optional<int> exif_orientation(Bytes exif);

/// Turns and mirrors the pixels so that an image stored with `orientation` stands upright.
void make_upright(Image& image, int orientation);

}  // namespace qsample
