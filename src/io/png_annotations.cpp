#include "io/png_annotations.h"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::array<std::string_view, 4> kColour = {"gAMA", "cHRM", "sRGB", "cICP"};
constexpr std::array<std::string_view, 3> kTexts = {"tEXt", "zTXt", "iTXt"};
constexpr std::string_view kProfileName("icc\0\0", 5);  // with its end and the only compression
constexpr std::size_t kMaxProfile = std::size_t{1} << 24;
constexpr int kLevel = 6;
constexpr std::byte kMetre{1};

bool is_one_of(std::string_view type, std::span<const std::string_view> types) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

StoredChunk stored(const PngChunk& chunk) {
  return {std::string(chunk.type), {chunk.data.begin(), chunk.data.end()}};
}

// A name with its zero, a byte for the way of compression, and a zlib stream.
std::vector<std::byte> unpack_profile(Bytes data) {
  const auto name_end = std::find(data.begin(), data.end(), std::byte{0});
  const auto at = static_cast<std::size_t>(name_end - data.begin()) + 2;
  if (at > data.size()) return {};
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> inflater(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  if (!inflater) throw Error("not enough memory");
  std::vector<std::byte> profile;
  for (std::size_t room = std::size_t{1} << 14; room <= kMaxProfile; room *= 4) {
    profile.resize(room);
    std::size_t size = 0;
    const auto result = libdeflate_zlib_decompress(inflater.get(), data.data() + at,
                                                   data.size() - at, profile.data(), room, &size);
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE) continue;
    profile.resize(result == LIBDEFLATE_SUCCESS ? size : 0);
    return profile;
  }
  return {};
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
  return has_text(chunk.data, 0, kPngRecordKeyword) &&
         chunk.data.size() > kPngRecordKeyword.size() &&
         chunk.data[kPngRecordKeyword.size()] == std::byte{0};
}

void append(std::vector<std::byte>& out, std::string_view text) {
  const Bytes bytes = std::as_bytes(std::span(text));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void append(std::vector<std::byte>& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8)
    out.push_back(static_cast<std::byte>(value >> shift));
}

}  // namespace

Annotations read_annotations(const PngFile& file, const DecodeOptions& options) {
  Annotations notes;
  if (const PngChunk* chunk = file.find("iCCP")) {
    notes.icc = unpack_profile(chunk->data);
    if (notes.icc.empty()) options.warn("its colour profile is damaged, and left out");
  }
  const PngChunk* physical = file.find("pHYs");
  if (physical != nullptr && physical->data.size() == 9 && physical->data[8] == kMetre) {
    notes.resolution = {png_number(physical->data, 0), png_number(physical->data, 4)};
  }
  for (const PngChunk& chunk : file.chunks) {
    if (is_one_of(chunk.type, kColour)) notes.colour.push_back(stored(chunk));
    if (is_one_of(chunk.type, kTexts) && !is_record(chunk)) notes.texts.push_back(stored(chunk));
  }
  return notes;
}

std::vector<StoredChunk> annotation_chunks(const Image& image, const EncodeOptions& options) {
  const Annotations& notes = image.annotations;
  std::vector<StoredChunk> chunks = notes.colour;
  if (!notes.icc.empty()) chunks.push_back({"iCCP", pack_profile(notes.icc)});
  if (notes.resolution) {
    StoredChunk chunk{"pHYs", {}};
    append(chunk.data, notes.resolution->x);
    append(chunk.data, notes.resolution->y);
    chunk.data.push_back(kMetre);
    chunks.push_back(std::move(chunk));
  }
  if (options.texts) chunks.insert(chunks.end(), notes.texts.begin(), notes.texts.end());
  if (!options.record.empty()) {
    StoredChunk chunk{"tEXt", {}};
    append(chunk.data, kPngRecordKeyword);
    chunk.data.push_back(std::byte{0});
    append(chunk.data, options.record);
    chunks.push_back(std::move(chunk));
  }
  return chunks;
}

}  // namespace qsample
