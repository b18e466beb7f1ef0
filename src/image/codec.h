// The interface of an image format. One file a format; image_io.cpp lists them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/run.h"
#include "image/image.h"

namespace qsample {

/// What an image takes in memory while it is decoded.
struct Footprint {
  std::size_t samples = 0;  ///< of colour and alpha, which stay
  int depth = 8;            ///< bits each: 8, 16 or 32
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
  std::size_t max_pixels = std::size_t{1} << 28;
  bool allow_damaged = false;  ///< take an image with what a format lets pass: see tolerated()
  int frame = 0;               ///< of a file that holds several, counted from 1; 0: the first
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

/// What a file holds, before its orientation is applied.
struct Decoded {
  Image image;
  int orientation = 1;  ///< EXIF orientation, 1..8, that is still to be applied
};

/// Between a fast encoder and small files, where a format has the choice.
enum class Compression { fast, small };

/// A further image of the same size for a format that holds several, and its name there.
using NamedImage = std::pair<std::string, const Image*>;

struct EncodeOptions {
  std::string extension;              ///< that the file will have, lower case with the dot
  std::string record = {};            ///< JSON text to carry along where the format can, or empty
  std::optional<Layout> layout = {};  ///< of tensors; by default that of the image's annotations
  Compression compression = Compression::fast;
  std::string name = "x_t";             ///< of the image, in a format that names them
  bool texts = true;                    ///< write the texts that the input had
  std::vector<NamedImage> others = {};  ///< only for a format that `holds_many`
  RunOptions run = {};                  ///< told of "rows written"
};

/// A format, working on bytes in memory. Functions are stateless and thread-safe; they throw Error
/// with what is wrong with the file or image, without the file's name.
struct Codec {
  std::string_view name;
  std::span<const std::string_view> extensions;  ///< lower case, with the dot; the usual one first
  std::span<const int> depths = {};              ///< bits a sample that it is written with
  bool alpha = false;                            ///< holds an alpha channel
  bool lossy = false;                            ///< written only when asked for by name
  bool holds_many = false;                       ///< holds several images
  int encode_copies = 0;      ///< how often encoding holds the image again in memory, at the most
  bool (*sniff)(Bytes head);  ///< by signature alone
  /// How many bytes of a file that begins like this are to be read: up to its end, and one more
  /// where nothing may follow; nothing where these do not tell yet. Throws Error for what decode
  /// would refuse however it went on. Null where only the end of the file itself tells.
  std::optional<std::size_t> (*extent)(Bytes begin, const DecodeOptions& options) = nullptr;
  Decoded (*decode)(Bytes file, const DecodeOptions& options);
  /// Called with what the format can hold: a depth of `depths`, alpha only if `alpha`. Null where
  /// the format is only read.
  void (*encode)(const Image& image, const EncodeOptions& options, const Sink& sink) = nullptr;
  /// The text that encode was given, or empty; also of the beginning of a file that is cut short.
  std::string (*record)(Bytes file) = nullptr;
};

extern const Codec kPng;
extern const Codec kJpeg;
extern const Codec kWebp;
extern const Codec kTiff;
extern const Codec kBmp;
extern const Codec kPnm;
extern const Codec kExr;
extern const Codec kPfm;
extern const Codec kNpy;
extern const Codec kSafetensors;
extern const Codec kJpeg2000;
extern const Codec kRadiance;
extern const Codec kSunRaster;

/// Throws Error for an image of more pixels than allowed, before there is memory for them.
void check_size(std::size_t width, std::size_t height, const DecodeOptions& options);

/// `damage`, of a file whose image can be had nevertheless; throws Error with it, and with the
/// option that lets it pass, where that is not given.
[[nodiscard]] std::string tolerated(const std::string& damage, const DecodeOptions& options);

/// Of a file that goes on behind the end of its image.
inline constexpr const char* kTrailing = "there is more behind its end";

/// A warning of a profile that is not taken along.
inline constexpr const char* kDamagedProfile = "its colour profile is damaged, and left out";

/// Throws Error for a frame that a file of `count` does not have; warns where it has several and
/// none was chosen.
void check_frame(int count, const DecodeOptions& options);

}  // namespace qsample
