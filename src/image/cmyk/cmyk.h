// CMYK, the inks of a printer, made into colours of a screen.
#pragma once

#include "image/codec.h"

namespace qsample {

/// Makes sRGB, in the same memory, of an image whose four channels are cyan, magenta, yellow and
/// black, 0 for no ink: by its colour profile, with the perceptual intent; where it has none that
/// can be used, as red = (1 - C)(1 - K) and so on, of which options.warn is told. The profile is
/// left out. Throws Error where the module of profiles can't be loaded, Interrupted.
void convert_cmyk(Image& image, const DecodeOptions& options);

}  // namespace qsample
