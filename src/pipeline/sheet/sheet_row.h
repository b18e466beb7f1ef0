// The frames of one row of a sheet.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "pipeline/outputs/frame_sink.h"
#include "pipeline/sheet/histogram.h"
#include "qsample/jobs/sheet.h"

namespace qsample {

/// A frame as the sheet shows it.
struct SheetCell {
  Image picture;  ///< 8 bits, in the size of the view
  Histogram histogram;
};

/// Takes the frames of a row as floats, and keeps what is shown of them.
class SheetRowSink final : public FrameSink {
 public:
  SheetRowSink(const SheetJob& job, const SheetRow& row);

  [[nodiscard]] std::string_view format() const override { return {}; }
  [[nodiscard]] int depth(int /*input_depth*/) const override { return 32; }
  [[nodiscard]] std::size_t memory(const Footprint& frame) const override;
  bool put(const FrameKey& key, const Frame& frame, const RunOptions& run) override;
  void finish() override {}

  [[nodiscard]] std::vector<SheetCell>& cells() { return cells_; }

 private:
  const SheetJob& job_;
  const SheetRow& row_;
  std::vector<SheetCell> cells_;
};

/// The deviation of the noise at the end of a process: 1 but where the image is not scaled down.
[[nodiscard]] double end_deviation(const ForwardProcess& process);

}  // namespace qsample
