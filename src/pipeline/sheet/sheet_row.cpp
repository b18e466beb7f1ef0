#include "pipeline/sheet/sheet_row.h"

#include <algorithm>
#include <utility>

#include "pipeline/view.h"
#include "qsample/error.h"

namespace qsample {
namespace {

// Deviations to both sides that a histogram shows.
constexpr double kReach = 4;

}  // namespace

double end_deviation(const ForwardProcess& process) {
  return std::max(1.0, process.schedule.sigma(process.schedule.steps()));
}

SheetRowSink::SheetRowSink(const SheetJob& job, const SheetRow& row)
    : job_(job), row_(row), cells_(row.ts.size()) {}

std::size_t SheetRowSink::memory(const Footprint& frame) const {
  // In 8 bits, and of any size what stays of all frames.
  const auto side = [](int length) { return static_cast<std::size_t>(length); };
  const View& view = job_.options.view;
  return frame.samples + 4 * side(view.width) * side(view.height) * cells_.size();
}

bool SheetRowSink::put(const FrameKey& key, const Frame& frame, const RunOptions& run) {
  throw_if(run.stop);
  if (frame.image.channels != 1 && frame.image.channels != 3) {
    throw Error(row_.input + ": a sheet shows grey and RGB images; it has " +
                std::to_string(frame.image.channels) + " channels");
  }
  SheetCell& cell = cells_[key.index];
  const Range range = job_.options.range.at(row_.process->schedule, key.t);
  cell.picture = viewed({in_eight_bits(frame.image, range)}, job_.options.view).image;
  if (job_.style.histogram) {
    cell.histogram = histogram_of(std::get<Planes<float>>(frame.image.planes).colour,
                                  kReach * end_deviation(*row_.process));
  }
  return true;
}

}  // namespace qsample
