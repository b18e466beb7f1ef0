// What takes frames: the files of a folder, a film. A new form of output is one of these.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "image/codec.h"
#include "pipeline/noise_image.h"
#include "qsample/error.h"

namespace qsample {

/// Which frame of a run it is, and how it is made.
struct FrameKey {
  std::size_t index;      ///< from 0, in the order of the run
  int t;                  ///< its timestep
  std::string record;     ///< of its making, as JSON, without what only the making shows
  std::size_t times = 1;  ///< how many times it is shown before the next, in a film
  std::vector<NamedImage> others = {};  ///< that go into its file with it
};

/// Told how many bytes a look at what is there takes in memory, before it does; throws what ends
/// it.
using Hold = std::function<void(std::size_t bytes)>;

class FrameSink {
 public:
  FrameSink() = default;
  FrameSink(const FrameSink&) = delete;
  FrameSink& operator=(const FrameSink&) = delete;
  virtual ~FrameSink() = default;

  /// Whether frames are to come in the order of their indices, one at a time; else they come in any
  /// order, from several threads at once.
  [[nodiscard]] virtual bool wants_order() const { return false; }
  /// What the record calls the format, "tiff"; empty for PNG.
  [[nodiscard]] virtual std::string_view format() const = 0;
  /// The file of a frame; empty where frames have none of their own.
  [[nodiscard]] virtual std::string path(std::size_t /*index*/) const { return {}; }
  /// Bits a sample of the frames that it takes.
  [[nodiscard]] virtual int depth(int input_depth) const = 0;
  /// Bytes that it takes for a frame beside the frame itself.
  [[nodiscard]] virtual std::size_t memory(const Footprint& frame) const = 0;

  /// Once, before the first frame. `record_at` is the record of a frame at any timestep.
  virtual void begin(const std::function<std::string(int t)>& /*record_at*/) {}
  /// The record of a frame that is there already, whole, and need not be made.
  [[nodiscard]] virtual std::optional<std::string> done(const FrameKey& /*key*/,
                                                        const Hold& /*hold*/) {
    return std::nullopt;
  }
  /// Takes a frame. Returns whether it was written: false where the very same was there. Throws
  /// Error; Interrupted where `run.stop` is set before the end.
  virtual bool put(const FrameKey& key, const Frame& frame, const RunOptions& run) = 0;
  /// Once, after the last frame: then all of it outlasts a power cut. Without it, what is not whole
  /// by itself does not appear.
  virtual void finish() = 0;
};

}  // namespace qsample
