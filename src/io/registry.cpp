#include <algorithm>
#include <cctype>

#include "io/exif.h"
#include "io/image_io.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr const Codec* kCodecs[] = {&kPng, &kJpeg, &kWebp, &kTiff, &kBmp, &kPnm};

const Codec& sniff(Bytes file, const std::string& name) {
  for (const Codec* codec : kCodecs) {
    if (codec->sniff(file)) return *codec;
  }
  std::string known;
  for (const Codec* codec : kCodecs)
    known += (known.empty() ? "" : ", ") + std::string(codec->name);
  throw Error(name + ": is no image of a known format (" + known + ")");
}

}  // namespace

std::span<const Codec* const> codecs() { return kCodecs; }

const Codec* codec_for_extension(std::string_view extension) {
  std::string wanted = extension.starts_with('.') ? "" : ".";
  for (const char c : extension)
    wanted += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const Codec* codec : kCodecs) {
    const auto& known = codec->extensions;
    if (std::find(known.begin(), known.end(), wanted) != known.end()) return codec;
  }
  return nullptr;
}

std::string writable_extensions() {
  std::string all;
  for (const Codec* codec : kCodecs) {
    all += (all.empty() ? "" : ", ") + std::string(codec->extensions.front());
  }
  return all;
}

Image decode_image(Bytes file, const std::string& name) {
  const Codec& codec = sniff(file, name);
  try {
    Decoded decoded = codec.decode(file);
    make_upright(decoded.image, decoded.orientation);
    return std::move(decoded.image);
  } catch (const Error& e) {
    throw Error(name + ": " + std::string(codec.name) + " image: " + e.what());
  }
}

std::vector<std::byte> encode_image(const Image& image, const Codec& codec,
                                    const EncodeOptions& options, const std::string& name) {
  try {
    return codec.encode(image, options);
  } catch (const Error& e) {
    throw Error(name + ": " + e.what());
  }
}

std::optional<std::string> record_in(Bytes file, const std::string& name) {
  const Codec& codec = sniff(file, name);
  if (codec.record == nullptr) return std::nullopt;
  try {
    auto record = codec.record(file);
    if (record.empty()) return std::nullopt;
    return record;
  } catch (const Error& e) {
    throw Error(name + ": " + std::string(codec.name) + " image: " + e.what());
  }
}

}  // namespace qsample
