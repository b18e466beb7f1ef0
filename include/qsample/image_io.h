// Images in and out of the bytes of files, whatever their format: PNG, JPEG, WebP, TIFF, BMP, PNM,
// EXR, PFM, NPY, safetensors; NPZ, JPEG 2000, Radiance HDR and Sun raster, which are only read.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "qsample/bytes.h"
#include "qsample/image.h"
#include "qsample/run.h"

namespace qsample {

/// What an image takes in memory while it is decoded.
struct Footprint {
  std::size_t samples = 0;  ///< of colour and alpha, which stay
  int depth = 8;            ///< bits each: 8, 16, 32 or 64
  std::size_t working = 0;  ///< bytes that decoding takes besides, at the most
  int orientation = 1;      ///< EXIF orientation that is to be applied, into a second image

  /// Bytes of the image itself.
  [[nodiscard]] std::size_t bytes() const { return samples * static_cast<std::size_t>(depth) / 8; }
  /// Bytes at the worst moment of decoding, without those of the file.
  [[nodiscard]] std::size_t peak() const {
    return bytes() + std::max(working, orientation == 1 ? 0 : bytes());
  }
};

/// How a file is read.
struct DecodeOptions {
  std::size_t max_pixels = std::size_t{1} << 28;  ///< an image of more is refused
  bool allow_damaged = false;  ///< take what is damaged, as far as its format lets it pass
  int frame = 0;               ///< of a file that holds several, counted from 1; 0: the first
  std::string tensor = {};     ///< of a file that names several; empty: the only one
  std::optional<Layout> layout = {};  ///< of a tensor whose shape does not tell; chw by default
  /// Make sRGB of CMYK, by its colour profile or, with a warning, without; refused otherwise.
  bool convert_cmyk = false;
  /// Told what the user should know of a file that is taken nevertheless.
  std::function<void(const std::string&)> warn = [](const std::string& /*message*/) {};
  /// Told what the image takes, before there is memory for it. What it throws ends the decoding.
  std::function<void(const Footprint& image)> reserve = [](const Footprint& /*image*/) {};
  /// Bytes of pixels beyond which an image is decoded piece by piece, where a format has the
  /// choice: slower, in less memory.
  std::size_t most_at_once = std::size_t{1} << 28;
  /// Told, while such an image is decoded, that the bytes of the file before `here` have had their
  /// use: the memory that holds them may go.
  std::function<void(const std::byte* here)> passed = [](const std::byte* /*here*/) {};
  RunOptions run = {};  ///< told of "rows read"
};

/// Between a fast encoder and small files, where a format has the choice.
enum class Compression { fast, small };

/// A further image of the same size for a format that holds several, and its name there.
using NamedImage = std::pair<std::string, const Image*>;

/// How a file is written.
struct EncodeOptions {
  std::string extension;              ///< that the file will have, lower case with the dot
  std::string record = {};            ///< JSON text to carry along where the format can, or empty
  std::optional<Layout> layout = {};  ///< of tensors; by default that of the image's annotations
  std::optional<Dtype> dtype = {};    ///< of tensors; by default that of the image's annotations
  Compression compression = Compression::fast;
  std::string name = "x_t";             ///< of the image, in a format that names them
  bool texts = true;                    ///< write the texts that the input had
  std::vector<NamedImage> others = {};  ///< only for a format that holds many: safetensors
  RunOptions run = {};                  ///< told of "rows written"
};

/// The upright image in the bytes of a file, its format told by its signature. `name` is for the
/// message of the Error thrown where they are damaged, of no known format, or too large for the
/// memory. What else options.reserve throws passes.
[[nodiscard]] Image decode_image(Bytes file, const std::string& name,
                                 const DecodeOptions& options = {});

/// Makes the file of an image, in the format that options.extension names, and gives it to `sink`.
/// Throws InvalidArgument for an ending that no format is written with; Error, with `name` before
/// what is wrong, where the format cannot hold the image: its depth, its channels or its alpha.
void encode_image(const Image& image, const EncodeOptions& options, const std::string& name,
                  const Sink& sink);

/// The JSON record that a file of ours carries, or nothing. The beginning of a file that holds it
/// is enough.
[[nodiscard]] std::optional<std::string> record_in(Bytes file, const std::string& name);

/// Where the modules are that are loaded when a TIFF, a WebP, an EXR, a profile of CMYK or what
/// OpenCV alone reads is met: qsample's lib/qsample. Without it they are looked for beside the
/// program and in ../lib/qsample from there, as the program `qsample` is installed. To be called
/// before the first such image.
void set_module_folder(const std::string& folder);

}  // namespace qsample
