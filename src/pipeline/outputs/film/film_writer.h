// What makes the bytes of a film of its frames.
#pragma once

#include <cstddef>
#include <string>

#include "qsample/image.h"
#include "qsample/image_io.h"
#include "qsample/run.h"

namespace qsample {

class FilmWriter {
 public:
  FilmWriter() = default;
  FilmWriter(const FilmWriter&) = delete;
  FilmWriter& operator=(const FilmWriter&) = delete;
  virtual ~FilmWriter() = default;

  /// Bytes that it takes for a frame beside the frame itself.
  [[nodiscard]] virtual std::size_t memory(const Footprint& frame) const = 0;
  /// Before the first frame, which `frame` is like: its size, its channels, its annotations.
  /// `record` is what the film carries, or empty.
  virtual void begin(const Image& frame, const std::string& record) = 0;
  /// The next frame, which is shown `times` times.
  virtual void put(const Image& frame, std::size_t times) = 0;
  /// After the last frame.
  virtual void finish() = 0;
};

}  // namespace qsample
