// Schedules as tables.
#pragma once

#include <functional>
#include <string_view>

#include "qsample/jobs/curves.h"

namespace qsample::plot {

enum class TableForm { plain, csv, json, safetensors };

/// Takes a table piece by piece.
using TextSink = std::function<void(std::string_view piece)>;

/// Writes the rows that the job asks for; safetensors holds a list of doubles for each column, of
/// several schedules those of each as LABEL.column. Throws Interrupted.
void write_table(const CurvesJob& job, TableForm form, Stop stop, const TextSink& sink);

}  // namespace qsample::plot
