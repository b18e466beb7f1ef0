// Schedules as tables.
#pragma once

#include <functional>
#include <string_view>

#include "qsample/jobs/curves.h"

namespace qsample::plot {

enum class TableForm { plain, csv, json };

/// Takes a table piece by piece.
using TextSink = std::function<void(std::string_view piece)>;

/// Writes the rows that the job asks for. Throws Interrupted.
void write_table(const CurvesJob& job, TableForm form, Stop stop, const TextSink& sink);

}  // namespace qsample::plot
