#include <algorithm>
#include <cctype>
#include <cmath>
#include <new>
#include <stdexcept>
#include <type_traits>

#include "base/fail.h"
#include "image/cmyk/cmyk.h"
#include "image/exif.h"
#include "image/image_io.h"
#include "qsample/error.h"

namespace qsample {
namespace {

// What to do where a format does not hold a tensor.
constexpr const char* kHoldsTensors =
    "; .npy and .safetensors hold it: choose one by the output's ending or by `format`";

// Formats that people may take for known, told by what stands at an offset, so that a refusal can
// name them.
struct Foreign {
  std::string_view name;
  std::size_t offset;
  std::string_view text;
};
constexpr Foreign kForeign[] = {
    {"GIF", 0, "GIF8"},
    {"JPEG XL", 0, "\xFF\x0A"},
    {"JPEG XL", 4, "JXL \x0D\x0A\x87\x0A"},
    {"AVIF", 4, "ftypavif"},
    {"AVIF", 4, "ftypavis"},
    {"HEIF", 4, "ftypheic"},
    {"HEIF", 4, "ftypheix"},
    {"HEIF", 4, "ftyphevc"},
    {"HEIF", 4, "ftypmif1"},
    {"HEIF", 4, "ftypmsf1"},
    {"Photoshop", 0, "8BPS"},
    {"QOI", 0, "qoif"},
    {"PDF", 0, "%PDF-"},
    {"MNG", 0, "\x8AMNG\r\n\x1A\n"},
};

const Codec& sniff(Bytes file, const std::string& name) {
  for (const Codec* codec : kFormats) {
    if (codec->sniff(file)) return *codec;
  }
  if (const auto format = foreign_format(file); !format.empty()) {
    throw Error(name + ": is a " + std::string(format) +
                " file, which is not read; convert it to PNG first");
  }
  std::string known;
  for (const Codec* codec : kFormats)
    known += (known.empty() ? "" : ", ") + std::string(codec->name);
  throw Error(name + ": is not an image of a known format (" + known + ")");
}

// The format whose files have this ending, also one that is only read.
const Codec* any_codec_for(std::string_view extension) {
  std::string wanted = extension.starts_with('.') ? "" : ".";
  for (const char c : extension)
    wanted += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const Codec* codec : kFormats) {
    const auto& known = codec->extensions;
    if (std::find(known.begin(), known.end(), wanted) != known.end()) return codec;
  }
  return nullptr;
}

// "8-bit or 16-bit samples".
std::string depths_of(const Codec& codec) {
  std::string text;
  for (const int depth : codec.depths) {
    text += (text.empty() ? "" : " or ") + (depth >= 32 ? "float" : std::to_string(depth) + "-bit");
  }
  return text + " samples";
}

// "1 or 3 channels".
std::string channels_of(const Codec& codec) {
  std::string text;
  for (const int count : codec.channels)
    text += (text.empty() ? "" : " or ") + std::to_string(count);
  return text + " channels";
}

bool holds_channels(const Codec& codec, int channels) {
  return codec.channels.empty() ||
         std::find(codec.channels.begin(), codec.channels.end(), channels) != codec.channels.end();
}

// Where a sample is, for a person.
std::string place_of(const Image& image, std::size_t sample) {
  const auto width = static_cast<std::size_t>(image.width);
  const auto height = static_cast<std::size_t>(image.height);
  const std::size_t pixel = sample / static_cast<std::size_t>(image.channels);
  const std::size_t frame = pixel / (width * height);
  const auto frames = static_cast<std::size_t>(image.frames);
  std::string text = "pixel (" + std::to_string(pixel % width) + ", " +
                     std::to_string(pixel / width % height) + ")";
  if (image.frames > 1) text += " of frame " + std::to_string(frame % frames);
  if (image.items > 1) text += " of item " + std::to_string(frame / frames);
  return text;
}

// A profile is made for grey or for RGB, and PNG (third edition, 11.3.2.3) as well as the others
// (ICC.1, annex B) take it only with such an image. Its header tells which (ICC.1, section 7.2).
void check_profile(Image& image, const DecodeOptions& options) {
  constexpr std::size_t kHeader = 128;
  constexpr std::size_t kColoursAt = 16;
  constexpr std::size_t kSignatureAt = 36;
  auto& icc = image.annotations.icc;
  if (icc.empty()) return;
  const bool grey = image.channels == 1;
  const std::string colours = grey                  ? "grey"
                              : image.channels == 3 ? "RGB"
                                                    : std::to_string(image.channels) + " channels";
  const bool fits = grey ? has_text(icc, kColoursAt, "GRAY")
                         : image.channels == 3 && has_text(icc, kColoursAt, "RGB ");
  if (icc.size() < kHeader || !has_text(icc, kSignatureAt, "acsp")) {
    options.warn(kDamagedProfile);
  } else if (!fits) {
    options.warn("its colour profile is not for " + colours + ", as the image is, and left out");
  } else {
    return;
  }
  icc.clear();
}

// What has no name would otherwise go up to where nobody knows the file any more.
template <class Work>
auto with_name(const std::string& name, const Work& work) {
  try {
    return work();
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& e) {
    throw Error(name + ": " + e.what());
  } catch (const std::bad_alloc&) {
    throw Error(name + ": not enough memory");
  } catch (const std::length_error&) {
    throw Error(name + ": not enough memory");
  }
}

std::string name_of_image(const std::string& name, const Codec& codec) {
  return name + ": " + std::string(codec.name) + " image";
}

}  // namespace

void check_finite(const Image& image, const Image& whole, std::size_t first) {
  std::visit(
      [&]<class T>(const Planes<T>& planes) {
        if constexpr (std::is_floating_point_v<T>) {
          const auto bad = std::find_if(planes.colour.begin(), planes.colour.end(),
                                        [](T v) { return !std::isfinite(v); });
          if (bad == planes.colour.end()) return;
          const auto at = static_cast<std::size_t>(bad - planes.colour.begin());
          throw Error(std::string("it holds ") + (std::isnan(*bad) ? "NaN" : "infinity") +
                      ", first at " + place_of(whole, first + at));
        }
      },
      image.planes);
}

std::string_view foreign_format(Bytes head) {
  const auto* found = std::find_if(
      std::begin(kForeign), std::end(kForeign),
      [&](const Foreign& format) { return has_text(head, format.offset, format.text); });
  return found == std::end(kForeign) ? std::string_view() : found->name;
}

bool is_image(Bytes head) {
  return std::any_of(std::begin(kFormats), std::end(kFormats),
                     [&](const Codec* codec) { return codec->sniff(head); });
}

void check_is_image(Bytes head, const std::string& name) { (void)sniff(head, name); }

const Codec* codec_for_extension(std::string_view extension) {
  const Codec* codec = any_codec_for(extension);
  return codec == nullptr || codec->encode == nullptr ? nullptr : codec;
}

bool is_image_extension(std::string_view extension) { return any_codec_for(extension) != nullptr; }

bool holds_depth(const Codec& codec, int depth) {
  return std::find(codec.depths.begin(), codec.depths.end(), depth) != codec.depths.end();
}

std::size_t most_encode_copies() {
  int most = 0;
  for (const Codec* codec : kFormats) most = std::max(most, codec->encode_copies);
  return static_cast<std::size_t>(most);
}

std::string writable_extensions(int depth) {
  std::string all;
  for (const Codec* codec : kFormats) {
    if (codec->encode == nullptr || (depth != 0 && !holds_depth(*codec, depth))) continue;
    all += (all.empty() ? "" : ", ") + std::string(codec->extensions.front());
  }
  return all;
}

std::optional<std::size_t> extent_of(Bytes begin, const std::string& name,
                                     const DecodeOptions& options) {
  const Codec& codec = sniff(begin, name);
  if (codec.extent == nullptr) return std::nullopt;
  return with_name(name_of_image(name, codec), [&] { return codec.extent(begin, options); });
}

Image decode_image(Bytes file, const std::string& name, const DecodeOptions& options) {
  const Codec& codec = sniff(file, name);
  DecodeOptions named = options;
  named.warn = [&](const std::string& message) { options.warn(name + ": " + message); };
  return with_name(name_of_image(name, codec), [&] {
    Decoded decoded = codec.decode(file, named);
    check_finite(decoded.image, decoded.image, 0);
    if (decoded.is_cmyk) convert_cmyk(decoded.image, named);
    check_profile(decoded.image, named);
    if (!decoded.image.damage.empty()) named.warn("it is damaged: " + decoded.image.damage);
    make_upright(decoded.image, decoded.orientation);
    return std::move(decoded.image);
  });
}

void encode_image(const Image& image, const Codec& codec, const EncodeOptions& options,
                  const std::string& name, const Sink& sink) {
  bool in_sink = false;
  const Sink watched = [&](Bytes piece) {
    in_sink = true;
    sink(piece);
    in_sink = false;
  };
  try {
    if (!codec.channels.empty() && (image.frames > 1 || image.items > 1)) {
      throw Error(std::string(codec.name) + " holds one image, and this has " +
                  std::to_string(image.items) + " items of " + std::to_string(image.frames) +
                  " frames" + kHoldsTensors);
    }
    if (!holds_channels(codec, image.channels)) {
      throw Error(std::string(codec.name) + " holds " + channels_of(codec) + ", and this has " +
                  std::to_string(image.channels) + kHoldsTensors);
    }
    if (!holds_depth(codec, image.depth())) {
      throw Error(std::string(codec.name) + " holds " + depths_of(codec) + "; choose `depth`" +
                  " or another format");
    }
    if (image.has_alpha() && !codec.alpha) {
      throw Error(std::string(codec.name) + " holds no alpha channel; use .png or .tiff");
    }
    codec.encode(image, options, watched);
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& e) {
    if (in_sink) throw;
    throw Error(name + ": " + e.what());
  } catch (const std::bad_alloc&) {
    throw Error(name + ": not enough memory");
  } catch (const std::length_error&) {
    throw Error(name + ": not enough memory");
  }
}

void encode_image(const Image& image, const EncodeOptions& options, const std::string& name,
                  const Sink& sink) {
  const Codec* codec = codec_for_extension(options.extension);
  if (codec == nullptr) {
    fail(Named{"extension"}, " '", options.extension,
         "' is of no format that is written; these are: ", writable_extensions());
  }
  encode_image(image, *codec, options, name, sink);
}

std::optional<std::string> record_in(Bytes file, const std::string& name) {
  const Codec& codec = sniff(file, name);
  if (codec.record == nullptr) return std::nullopt;
  return with_name(name_of_image(name, codec), [&]() -> std::optional<std::string> {
    auto record = codec.record(file);
    if (record.empty()) return std::nullopt;
    return record;
  });
}

}  // namespace qsample
