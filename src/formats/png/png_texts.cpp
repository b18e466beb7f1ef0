#include "formats/png/png_texts.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "image/exif.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::size_t kMaxKeyword = 79;

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool is_keyword(std::string_view keyword) {
  const auto is_printable = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte <= 0x7E) || byte >= 0xA1;
  };
  return !keyword.empty() && keyword.front() != ' ' && keyword.back() != ' ' &&
         keyword.find("  ") == std::string_view::npos &&
         std::all_of(keyword.begin(), keyword.end(), is_printable);
}

// The value of a hexadecimal digit, or -1.
int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

bool is_png_text(const PngChunk& chunk) {
  return chunk.type == "tEXt" || chunk.type == "zTXt" || chunk.type == "iTXt";
}

std::string_view png_keyword(const PngChunk& chunk) {
  const auto text = text_of(chunk.data);
  const auto end = text.find('\0');
  return end > kMaxKeyword ? std::string_view() : text.substr(0, end);
}

std::optional<std::string> inflated(Bytes data, std::size_t most) {
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> inflater(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  if (!inflater) throw Error("not enough memory");
  std::string text;
  for (std::size_t room = std::min(std::size_t{1} << 14, most);; room = std::min(room * 4, most)) {
    text.resize(room);
    std::size_t size = 0;
    const auto result = libdeflate_zlib_decompress(inflater.get(), data.data(), data.size(),
                                                   text.data(), room, &size);
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE && room < most) continue;
    if (result != LIBDEFLATE_SUCCESS) return std::nullopt;
    text.resize(size);
    return text;
  }
}

std::optional<std::string> png_text(const PngChunk& chunk) {
  const auto keyword = png_keyword(chunk);
  if (!is_keyword(keyword)) return std::nullopt;
  const auto rest = text_of(chunk.data).substr(keyword.size() + 1);
  const auto inflated_from = [&](std::size_t at) {
    return inflated(chunk.data.subspan(keyword.size() + 1 + at), kMostInflated);
  };
  if (chunk.type == "tEXt") {
    if (rest.find('\0') != std::string_view::npos) return std::nullopt;
    return std::string(rest);
  }
  if (chunk.type == "zTXt") {
    if (rest.empty() || rest[0] != 0) return std::nullopt;
    return inflated_from(1);
  }
  // iTXt: a flag, the way of compressing, a language, the keyword in it.
  if (rest.size() < 2 || rest[0] < 0 || rest[0] > 1 || rest[1] != 0) return std::nullopt;
  const auto language_end = rest.find('\0', 2);
  if (language_end == std::string_view::npos) return std::nullopt;
  const auto end = rest.find('\0', language_end + 1);
  if (end == std::string_view::npos) return std::nullopt;
  if (rest[0] == 1) return inflated_from(end + 1);
  return std::string(rest.substr(end + 1));
}

// A name and a length stand before the digits, each on a line of its own, behind an empty one.
std::optional<int> raw_profile_orientation(std::string_view keyword, std::string_view text) {
  if (keyword != "Raw profile type exif" && keyword != "Raw profile type APP1") return std::nullopt;
  constexpr int kLinesBefore = 3;
  std::size_t at = 0;
  for (int line = 0; line < kLinesBefore; ++line) {
    at = text.find('\n', at);
    if (at == std::string_view::npos) return std::nullopt;
    ++at;
  }
  std::vector<std::byte> exif;
  int high = -1;
  for (const char c : text.substr(at)) {
    const int value = digit(c);
    if (value < 0) continue;
    if (high >= 0) exif.push_back(static_cast<std::byte>(high << 4 | value));
    high = high >= 0 ? -1 : value;
  }
  return exif_orientation(exif);
}

// As an attribute, tiff:Orientation="6", or as an element, <tiff:Orientation>6</...>.
std::optional<int> xmp_orientation(std::string_view keyword, std::string_view text) {
  constexpr std::string_view kName = "tiff:Orientation";
  if (keyword != "XML:com.adobe.xmp") return std::nullopt;
  for (auto at = text.find(kName); at != std::string_view::npos; at = text.find(kName, at + 1)) {
    auto rest = text.substr(at + kName.size());
    for (const std::string_view opening : {"=\"", "='", ">"}) {
      if (!rest.starts_with(opening)) continue;
      rest.remove_prefix(opening.size());
      const bool one_digit = rest.size() > 1 && digit(rest[1]) < 0;
      if (one_digit && rest[0] >= '1' && rest[0] <= '8') return rest[0] - '0';
    }
  }
  return std::nullopt;
}

}  // namespace qsample
