// What a sheet says of its frames.
#pragma once

#include <string>
#include <vector>

#include "pipeline/sheet/histogram.h"
#include "qsample/jobs/sheet.h"

namespace qsample {

/// A text in its forms, the longest first.
using Forms = std::vector<std::string>;

/// "t = 250", "250".
[[nodiscard]] Forms forms_of(SheetLabel label, const NoiseSchedule& schedule, int t, int offset);

/// "mean -0.01, variance 0.98", ... "0.98".
[[nodiscard]] Forms forms_of(const Histogram& histogram);

/// The number of the longest form in which each of the texts is no wider than `width`; of the
/// shortest where none is.
[[nodiscard]] std::size_t fitting_form(const std::vector<Forms>& texts, double size, double width);

}  // namespace qsample
