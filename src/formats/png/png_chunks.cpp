#include "formats/png/png_chunks.h"

#include <libdeflate.h>

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string>

#include "base/byte_order.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::size_t kFrame = 12;  // bytes of a chunk besides its data
constexpr std::uint32_t kMaxNumber = 0x7FFFFFFF;
constexpr std::size_t kHeaderSize = 13;
constexpr std::size_t kMaxPalette = 256;

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

[[noreturn]] void refuse(const PngChunk& chunk, const char* reason) {
  throw Error("chunk " + std::string(chunk.type) + ": " + reason);
}

// Bytes that the chunks of a file may have beyond what its pixels explain.
constexpr std::size_t kMostBesides = std::size_t{1} << 26;

std::string_view type_at(Bytes file, std::size_t offset) {
  return {reinterpret_cast<const char*>(file.data()) + offset + 4, 4};
}

// A chunk is a length, four letters, that many bytes, and a checksum of the letters and bytes.
PngChunk chunk_at(Bytes file, std::size_t offset) {
  if (file.size() - offset < kFrame) throw Error("it is truncated");
  const std::size_t size = read_big_endian(file, offset);
  const Bytes letters = file.subspan(offset + 4, 4);
  const std::string_view type = type_at(file, offset);
  if (size > kMaxNumber || !std::all_of(type.begin(), type.end(), is_letter)) {
    throw Error("no chunk begins at byte " + std::to_string(offset) + ", where one should");
  }
  if (file.size() - offset - kFrame < size) throw Error("it is truncated");
  const PngChunk chunk{type, file.subspan(offset + 8, size)};
  if (libdeflate_crc32(0, letters.data(), letters.size() + size) !=
      read_big_endian(file, offset + 8 + size)) {
    refuse(chunk, "wrong checksum");
  }
  return chunk;
}

bool is_any_of(const PngChunk& chunk, std::initializer_list<std::string_view> types) {
  return std::find(types.begin(), types.end(), chunk.type) != types.end();
}

// True where one of `before` is of a type that must come later, or only once.
bool follows(std::span<const PngChunk> before, std::initializer_list<std::string_view> types) {
  return std::any_of(before.begin(), before.end(),
                     [&](const PngChunk& other) { return is_any_of(other, types); });
}

bool is_grey(PngColour colour) {
  return colour == PngColour::grey || colour == PngColour::grey_alpha;
}

void check_palette(const PngChunk& chunk, std::span<const PngChunk> before,
                   const PngHeader& header) {
  const std::size_t most =
      header.colour == PngColour::palette ? std::size_t{1} << header.depth : kMaxPalette;
  if (chunk.data.empty() || chunk.data.size() % 3 != 0 || chunk.data.size() / 3 > most) {
    refuse(chunk, "wrong length");
  }
  if (is_grey(header.colour) || follows(before, {"PLTE", "IDAT", "tRNS", "bKGD", "hIST"})) {
    refuse(chunk, "out of place");
  }
}

// Transparency is not a critical chunk, and yet part of the pixels.
void check_transparency(const PngChunk& chunk, std::span<const PngChunk> before,
                        const PngHeader& header) {
  const std::size_t size = chunk.data.size();
  bool right = false;
  switch (header.colour) {
    case PngColour::grey: right = size == 2; break;
    case PngColour::rgb: right = size == 6; break;
    case PngColour::palette: {
      const auto palette = std::find_if(before.begin(), before.end(),
                                        [](const auto& other) { return other.type == "PLTE"; });
      right = size > 0 && palette != before.end() && size <= palette->data.size() / 3;
      break;
    }
    case PngColour::grey_alpha:
    case PngColour::rgba: break;
  }
  if (!right) refuse(chunk, "wrong length");
  if (follows(before, {"tRNS", "IDAT"})) refuse(chunk, "out of place");
}

void check_critical(std::span<const PngChunk> chunks, const PngHeader& header) {
  bool data = false;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    const PngChunk& chunk = chunks[i];
    if (chunk.type == "IHDR" && i > 0) refuse(chunk, "out of place");
    if (chunk.type == "tRNS") check_transparency(chunk, chunks.first(i), header);
    if (!chunk.is_critical() || chunk.type == "IHDR") continue;
    if (chunk.type == "PLTE") {
      check_palette(chunk, chunks.first(i), header);
    } else if (chunk.type == "IDAT") {
      if (data && chunks[i - 1].type != "IDAT") refuse(chunk, "out of place");
      data = true;
    } else if (chunk.type == "IEND") {
      if (!chunk.data.empty()) refuse(chunk, "wrong length");
    } else {
      refuse(chunk, "critical, but of an unknown kind");
    }
  }
  if (!data) throw Error("it holds no image data");
  const auto is_palette = [](const PngChunk& chunk) { return chunk.type == "PLTE"; };
  if (header.colour == PngColour::palette &&
      std::none_of(chunks.begin(), chunks.end(), is_palette)) {
    throw Error("it holds no palette");
  }
}

bool allowed(PngColour colour, int depth) {
  const bool packed = depth == 1 || depth == 2 || depth == 4;
  switch (colour) {
    case PngColour::grey: return packed || depth == 8 || depth == 16;
    case PngColour::palette: return packed || depth == 8;
    case PngColour::rgb:
    case PngColour::grey_alpha:
    case PngColour::rgba: return depth == 8 || depth == 16;
  }
  return false;
}

PngHeader header_of(const PngChunk& chunk) {
  if (chunk.type != "IHDR") refuse(chunk, "out of place");
  if (chunk.data.size() != kHeaderSize) refuse(chunk, "wrong length");
  const std::uint32_t width = read_big_endian(chunk.data, 0);
  const std::uint32_t height = read_big_endian(chunk.data, 4);
  if (width == 0 || height == 0 || width > kMaxNumber || height > kMaxNumber) {
    refuse(chunk, "impossible size");
  }
  const auto field = [&](std::size_t i) { return std::to_integer<int>(chunk.data[i]); };
  const int depth = field(8);
  const auto colour = static_cast<PngColour>(field(9));
  if (!allowed(colour, depth)) refuse(chunk, "impossible depth or colour type");
  if (field(10) != 0 || field(11) != 0 || field(12) > 1) {
    refuse(chunk, "unknown way of compressing, filtering or interlacing");
  }
  return {static_cast<int>(width), static_cast<int>(height), depth, colour, field(12) == 1};
}

}  // namespace

std::size_t PngHeader::bits_a_pixel() const {
  const auto bits = static_cast<std::size_t>(depth);
  switch (colour) {
    case PngColour::grey:
    case PngColour::palette: return bits;
    case PngColour::grey_alpha: return 2 * bits;
    case PngColour::rgb: return 3 * bits;
    case PngColour::rgba: return 4 * bits;
  }
  return bits;
}

const PngChunk* PngFile::find(std::string_view type) const {
  const auto found = std::find_if(chunks.begin(), chunks.end(),
                                  [&](const PngChunk& chunk) { return chunk.type == type; });
  return found == chunks.end() ? nullptr : &*found;
}

std::vector<PngChunk> sound_png_chunks(Bytes file) {
  std::vector<PngChunk> chunks;
  if (!has_text(file, 0, kPngSignature)) return chunks;
  try {
    for (std::size_t offset = kPngSignature.size(); offset < file.size();) {
      chunks.push_back(chunk_at(file, offset));
      offset += kFrame + chunks.back().data.size();
    }
  } catch (const Error&) {
    // The rest is not there, or not to be trusted.
  }
  return chunks;
}

PngFile read_png_chunks(Bytes file) {
  if (!has_text(file, 0, kPngSignature)) throw Error("it is not a PNG file");
  PngFile png;
  std::size_t offset = kPngSignature.size();
  do {
    png.chunks.push_back(chunk_at(file, offset));
    offset += kFrame + png.chunks.back().data.size();
  } while (png.chunks.back().type != "IEND");
  png.header = header_of(png.chunks.front());
  check_critical(png.chunks, png.header);
  png.size = offset;
  return png;
}

std::optional<std::size_t> png_extent(Bytes begin, const DecodeOptions& options) {
  const PngHeader header = header_of(chunk_at(begin, kPngSignature.size()));
  const auto width = static_cast<std::size_t>(header.width);
  const auto height = static_cast<std::size_t>(header.height);
  check_size(width, height, options);
  // Data that do not compress are a little longer than the rows, of which an interlaced image has
  // some more.
  std::size_t room = 2 * (height * (1 + (width * header.bits_a_pixel() + 7) / 8)) + kMostBesides;
  for (std::size_t offset = kPngSignature.size();;) {
    if (offset > begin.size() || begin.size() - offset < kFrame) return std::nullopt;
    const std::string_view type = type_at(begin, offset);
    const std::size_t size = read_big_endian(begin, offset);
    if (!std::all_of(type.begin(), type.end(), is_letter)) return offset + kFrame;
    if (size > room) throw Error("it is much longer than its pixels explain");
    room -= size;
    offset += kFrame + size;
    if (type == "IEND") return offset + 1;
  }
}

}  // namespace qsample
