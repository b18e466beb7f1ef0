// The interface of an image format. One file a format; the list of them is below.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "qsample/image_io.h"

namespace qsample {

/// What a file holds, before its orientation is applied.
struct Decoded {
  Image image;
  int orientation = 1;   ///< EXIF orientation, 1..8, that is still to be applied
  bool is_cmyk = false;  ///< four channels of ink, 0 for none, that are still to be converted
};

struct TensorFile;

inline constexpr int kGreyAndRgb[] = {1, 3};

/// A format, working on bytes in memory. Functions are stateless and thread-safe; they throw Error
/// with what is wrong with the file or image, without the file's name.
struct Codec {
  std::string_view name;
  std::span<const std::string_view> extensions;  ///< lower case, with the dot; the usual one first
  std::span<const int> depths = {};              ///< bits a sample that it is written with
  std::span<const int> channels = kGreyAndRgb;   ///< of colour that it holds; empty: any number
  std::span<const Dtype> dtypes = {};            ///< of tensors; empty where none is chosen
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
  /// Called with what the format can hold: a depth of `depths`, colours as `channels` has them,
  /// alpha only if `alpha`. Null where the format is only read.
  void (*encode)(const Image& image, const EncodeOptions& options, const Sink& sink) = nullptr;
  /// The text that encode was given, or empty; also of the beginning of a file that is cut short.
  std::string (*record)(Bytes file) = nullptr;
  /// Of formats whose tensors can be read and written piece by piece; else null.
  const TensorFile* tensors = nullptr;
};

// The list of formats: a declaration and an entry for each.
extern const Codec kPng;
extern const Codec kJpeg;
extern const Codec kWebp;
extern const Codec kTiff;
extern const Codec kBmp;
extern const Codec kPnm;
extern const Codec kExr;
extern const Codec kPfm;
extern const Codec kNpy;
extern const Codec kNpz;
extern const Codec kSafetensors;
extern const Codec kJpeg2000;
extern const Codec kRadiance;
extern const Codec kSunRaster;

/// Every format that can be read, in the order in which signatures are tried: what OpenCV alone
/// reads comes last.
inline constexpr const Codec* kFormats[] = {
    &kPng, &kJpeg, &kWebp, &kTiff,        &kBmp,      &kPnm,      &kExr,
    &kPfm, &kNpy,  &kNpz,  &kSafetensors, &kJpeg2000, &kRadiance, &kSunRaster};

/// Throws Error for an image of more pixels than allowed, before there is memory for them.
void check_size(std::size_t width, std::size_t height, const DecodeOptions& options);

/// `damage`, of a file whose image can be had nevertheless; throws Error with it, and with the
/// option that lets it pass, where that is not given.
[[nodiscard]] std::string tolerated(const std::string& damage, const DecodeOptions& options);

/// Of a file that goes on behind the end of its image.
inline constexpr const char* kTrailing = "there is more behind its end";

/// A warning of a profile that is not taken along.
inline constexpr const char* kDamagedProfile = "its colour profile is damaged, and left out";

/// Throws Error for an image of CMYK, where options do not have it converted.
void check_may_be_cmyk(const DecodeOptions& options);

/// Throws Error for a frame that a file of `count` does not have; warns where it has several and
/// none was chosen.
void check_frame(int count, const DecodeOptions& options);

}  // namespace qsample
