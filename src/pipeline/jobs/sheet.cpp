#include "qsample/jobs/sheet.h"

#include <algorithm>
#include <utility>

#include "image/image_io.h"
#include "pipeline/destination.h"
#include "pipeline/input.h"
#include "pipeline/jobs/put_trajectory.h"
#include "pipeline/outputs/frame_file.h"
#include "pipeline/sheet/sheet_picture.h"
#include "pipeline/sheet/sheet_row.h"
#include "qsample/error.h"
#include "qsample/jobs/trajectory.h"

namespace qsample {
namespace {

constexpr int kDepth = 8;

void check(const SheetJob& job, const Destination& output, JobFiles& files) {
  if (!holds_depth(*output.codec, kDepth)) {
    throw InvalidArgument(job.output + ": " + std::string(output.codec->name) +
                          " does not hold 8 bits, as a sheet has; " + writable_extensions(kDepth) +
                          " do");
  }
  std::vector<OtherInput> inputs = job.other_inputs;
  for (const SheetRow& row : job.rows) {
    const bool known = std::any_of(inputs.begin(), inputs.end(),
                                   [&](const OtherInput& one) { return one.path == row.input; });
    if (known && row.input == "-") {
      throw InvalidArgument(
          "standard input can be read once, and several rows show it; save it to a file");
    }
    if (!known) inputs.push_back({row.input, row.input});
  }
  if (job.output.empty()) return;
  check_is_no_folder(job.output);
  check_one_output(job.output, inputs, files);
  check_place(job.output, job.options.overwrite);
}

std::vector<SheetCell> cells_of(const SheetJob& job, const SheetRow& row, const RunOptions& run) {
  TrajectoryJob frames;
  frames.input = row.input;
  frames.ts = row.ts;
  frames.reading = job.reading;
  frames.seed = row.seed;
  SheetRowSink sink(job, row);
  put_trajectory(frames, *row.process, sink, run);
  return std::move(sink.cells());
}

}  // namespace

void write_sheet(const SheetJob& job, const RunOptions& run) {
  Outputs own;
  RunOptions whole = run;
  if (whole.outputs == nullptr) whole.outputs = &own;
  OutputOptions options = job.options;
  options.view = {};  // each frame had it
  options.metadata = false;
  const Destination output = resolve(job.output.empty() ? "-" : job.output, options);
  check(job, output, whole.outputs->files());

  std::vector<std::vector<SheetCell>> rows;
  const std::size_t columns = job.rows.front().ts.size();
  for (const SheetRow& row : job.rows) {
    RunOptions part = whole;
    if (run.progress) {
      part.progress = [&, before = rows.size() * columns](const Headway& headway) {
        run.progress({"frames", before + headway.done, job.rows.size() * columns});
      };
    }
    rows.push_back(cells_of(job, row, part));
  }
  const Frame sheet{draw_sheet(job, rows)};
  rows.clear();
  if (!job.output.empty()) {
    write_frame(sheet, output, FileKinds::pipes_too, {}, {}, whole, *whole.outputs);
    whole.outputs->sync();
  }
  if (job.show) job.show(sheet.image);
}

}  // namespace qsample
