// Lays out and draws a sheet.
#pragma once

#include <vector>

#include "pipeline/sheet/sheet_row.h"
#include "qsample/image.h"
#include "qsample/jobs/sheet.h"

namespace qsample {

/// The picture of a sheet whose rows have these cells: an RGB image of 8 bits. Throws Error where
/// it would be larger than a picture can be.
[[nodiscard]] Image draw_sheet(const SheetJob& job,
                               const std::vector<std::vector<SheetCell>>& rows);

}  // namespace qsample
