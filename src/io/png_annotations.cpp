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

// Chunks that are copied, and how long each is.
struct ColourChunk {
  std::string_view type;
  std::size_t size;
};
constexpr std::array<ColourChunk, 4> kColour = {
    {{"gAMA", 4}, {"cHRM", 32}, {"sRGB", 1}, {"cICP", 4}}};
constexpr std::array<std::string_view, 3> kTexts = {"tEXt", "zTXt", "iTXt"};
constexpr std::string_view kProfileName("icc\0\0", 5);  // with its end and the only compression
// Texts in which programs keep an orientation.
constexpr std::array<std::string_view, 3> kOriented = {
    "Raw profile type exif", "Raw profile type APP1", "XML:com.adobe.xmp"};
constexpr std::size_t kMaxKeyword = 79;
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

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// What a text is called, up to its zero; empty where there is none.
std::string_view keyword_of(const PngChunk& chunk) {
  const auto text = text_of(chunk.data);
  const auto end = text.find('\0');
  return end > kMaxKeyword ? std::string_view() : text.substr(0, end);
}

// Whether a text is built as PNG wants it (specification, section 11.3.3).
bool is_whole_text(const PngChunk& chunk) {
  const auto keyword = keyword_of(chunk);
  const auto is_printable = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte <= 0x7E) || byte >= 0xA1;
  };
  if (keyword.empty() || keyword.front() == ' ' || keyword.back() == ' ' ||
      keyword.find("  ") != std::string_view::npos ||
      !std::all_of(keyword.begin(), keyword.end(), is_printable)) {
    return false;
  }
  const auto rest = text_of(chunk.data).substr(keyword.size() + 1);
  if (chunk.type == "tEXt") return rest.find('\0') == std::string_view::npos;
  if (chunk.type == "zTXt") return !rest.empty() && rest[0] == 0;
  // iTXt: a flag, the way of compressing, a language, the keyword in it.
  if (rest.size() < 2 || rest[0] < 0 || rest[0] > 1 || rest[1] != 0) return false;
  const auto language_end = rest.find('\0', 2);
  return language_end != std::string_view::npos &&
         rest.find('\0', language_end + 1) != std::string_view::npos;
}

// Ours, which the output gets one of its own of.
bool is_record(const PngChunk& chunk) {
  return chunk.type == "tEXt" && keyword_of(chunk) == kPngRecordKeyword;
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

Annotations read_annotations(const PngFile& file, int orientation, const DecodeOptions& options) {
  Annotations notes;
  if (const PngChunk* chunk = file.find("iCCP")) {
    notes.icc = unpack_profile(chunk->data);
    if (notes.icc.empty()) options.warn("its colour profile is damaged, and left out");
  }
  const PngChunk* physical = file.find("pHYs");
  if (physical != nullptr && physical->data.size() == 9 && physical->data[8] == kMetre) {
    notes.resolution = {png_number(physical->data, 0), png_number(physical->data, 4)};
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
  bool damaged = false;
  for (const PngChunk& chunk : file.chunks) {
    if (!is_one_of(chunk.type, kTexts) || is_record(chunk)) continue;
    if (!is_whole_text(chunk)) {
      damaged = true;
    } else if (orientation == 1 || !is_one_of(keyword_of(chunk), kOriented)) {
      notes.texts.push_back(stored(chunk));
    }
  }
  if (damaged) options.warn("a text that it carries is damaged, and left out");
  return notes;
}

std::string png_record(const PngFile& file) {
  const auto found = std::find_if(file.chunks.begin(), file.chunks.end(), is_record);
  if (found == file.chunks.end()) return {};
  return std::string(text_of(found->data).substr(kPngRecordKeyword.size() + 1));
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
