#include "formats/png/png_annotations.h"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/byte_order.h"
#include "formats/png/png_texts.h"
#include "image/exif.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::string_view kRecordKeyword = "qsample";  // of the text that holds the record
// Chunks that are copied, and how long each is.
struct ColourChunk {
  std::string_view type;
  std::size_t size;
};
constexpr std::array<ColourChunk, 4> kColour = {
    {{"gAMA", 4}, {"cHRM", 32}, {"sRGB", 1}, {"cICP", 4}}};
constexpr std::string_view kProfileName("icc\0\0", 5);  // with its end and the only compression
constexpr std::size_t kMaxProfile = std::size_t{1} << 24;
constexpr int kLevel = 6;
constexpr std::byte kMetre{1};

StoredChunk stored(const PngChunk& chunk) {
  return {std::string(chunk.type), {chunk.data.begin(), chunk.data.end()}};
}

// A name with its zero, a byte for the way of compression, and a zlib stream.
std::vector<std::byte> unpack_profile(Bytes data) {
  const auto name_end = std::find(data.begin(), data.end(), std::byte{0});
  const auto at = static_cast<std::size_t>(name_end - data.begin()) + 2;
  if (at > data.size()) return {};
  const auto profile = inflated(data.subspan(at), kMaxProfile);
  if (!profile) return {};
  const Bytes bytes = std::as_bytes(std::span(*profile));
  return {bytes.begin(), bytes.end()};
}

std::vector<std::byte> pack_profile(Bytes profile) {
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
      libdeflate_alloc_compressor(kLevel), libdeflate_free_compressor);
  if (!compressor) throw Error("not enough memory");
  const Bytes name = std::as_bytes(std::span(kProfileName));
  std::vector<std::byte> data(name.begin(), name.end());
  data.resize(name.size() + libdeflate_zlib_compress_bound(compressor.get(), profile.size()));
  data.resize(name.size() + libdeflate_zlib_compress(compressor.get(), profile.data(),
                                                     profile.size(), data.data() + name.size(),
                                                     data.size() - name.size()));
  return data;
}

// Ours, which the output gets one of its own of.
bool is_record(const PngChunk& chunk) {
  return chunk.type == "tEXt" && png_keyword(chunk) == kRecordKeyword;
}

// Adds the texts that may go along; returns the orientation that is to be applied.
int read_texts(const PngFile& file, std::vector<StoredChunk>& texts, const DecodeOptions& options) {
  std::optional<int> by_profile;
  std::optional<int> by_xmp;
  std::size_t damaged = 0;
  std::size_t total = 0;
  for (const PngChunk& chunk : file.chunks) {
    if (!is_png_text(chunk) || is_record(chunk)) continue;
    const auto text = total < kMostTexts ? png_text(chunk) : std::nullopt;
    total += text ? text->size() : 0;
    if (!text || total > kMostTexts) {
      ++damaged;
      continue;
    }
    const auto profile = raw_profile_orientation(png_keyword(chunk), *text);
    const auto xmp = xmp_orientation(png_keyword(chunk), *text);
    if (!by_profile) by_profile = profile;
    if (!by_xmp) by_xmp = xmp;
    if (profile.value_or(1) == 1 && xmp.value_or(1) == 1) texts.push_back(stored(chunk));
  }
  if (damaged > 0) {
    options.warn(std::to_string(damaged) +
                 " of its texts are damaged or too long (over 1 MiB inflated, or 63 MiB in all), "
                 "and left out");
  }
  const PngChunk* exif = file.find("eXIf");
  const auto by_exif = exif == nullptr ? std::nullopt : exif_orientation(exif->data);
  return by_exif ? *by_exif : by_profile ? *by_profile : by_xmp.value_or(1);
}

void append(std::vector<std::byte>& out, std::string_view text) {
  const Bytes bytes = std::as_bytes(std::span(text));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace

PngNotes read_annotations(const PngFile& file, const DecodeOptions& options) {
  PngNotes found;
  Annotations& notes = found.annotations;
  if (const PngChunk* chunk = file.find("iCCP")) {
    notes.icc = unpack_profile(chunk->data);
    if (notes.icc.empty()) options.warn(kDamagedProfile);
  }
  const PngChunk* physical = file.find("pHYs");
  if (physical != nullptr && physical->data.size() == 9 && physical->data[8] == kMetre) {
    notes.resolution = {read_big_endian(physical->data, 0), read_big_endian(physical->data, 4)};
  }
  for (const auto& [type, size] : kColour) {
    const PngChunk* chunk = file.find(type);
    // What comes behind the image data, or the palette, has no effect there. A profile says more
    // than sRGB does.
    const bool effective = chunk != nullptr && chunk->data.size() == size &&
                           chunk < file.find("IDAT") &&
                           (file.find("PLTE") == nullptr || chunk < file.find("PLTE"));
    if (effective && !(type == "sRGB" && !notes.icc.empty()))
      notes.colour.push_back(stored(*chunk));
  }
  found.orientation = read_texts(file, notes.texts, options);
  return found;
}

std::string png_record(std::span<const PngChunk> chunks) {
  const auto found = std::find_if(chunks.begin(), chunks.end(), is_record);
  if (found == chunks.end()) return {};
  const Bytes text = found->data.subspan(kRecordKeyword.size() + 1);
  return {reinterpret_cast<const char*>(text.data()), text.size()};
}

std::vector<StoredChunk> annotation_chunks(const Image& image, const EncodeOptions& options) {
  const Annotations& notes = image.annotations;
  std::vector<StoredChunk> chunks = notes.colour;
  if (!notes.icc.empty()) chunks.push_back({"iCCP", pack_profile(notes.icc)});
  if (notes.resolution) {
    StoredChunk chunk{"pHYs", {}};
    append_big_endian(chunk.data, notes.resolution->x, 4);
    append_big_endian(chunk.data, notes.resolution->y, 4);
    chunk.data.push_back(kMetre);
    chunks.push_back(std::move(chunk));
  }
  if (options.texts) chunks.insert(chunks.end(), notes.texts.begin(), notes.texts.end());
  if (!options.record.empty()) {
    StoredChunk chunk{"tEXt", {}};
    append(chunk.data, kRecordKeyword);
    chunk.data.push_back(std::byte{0});
    append(chunk.data, options.record);
    chunks.push_back(std::move(chunk));
  }
  return chunks;
}

}  // namespace qsample
