// Radiance pictures (.hdr), read by OpenCV. Their floats are taken as they stand.

#include <charconv>

#include "formats/by_opencv/by_opencv.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::string_view kEndings[] = {".hdr"};
constexpr std::size_t kMostHeader = 1 << 16;

bool sniff(Bytes head) { return has_text(head, 0, "#?RADIANCE") || has_text(head, 0, "#?RGBE"); }

// The next line, without its end.
std::string_view line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) throw Error("it is truncated");
  const std::string_view found = text.substr(0, end);
  text.remove_prefix(end + 1);
  return found;
}

std::size_t number(std::string_view& text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value > (std::size_t{1} << 31)) {
    throw Error("its header is impossible");
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

// Rows from the top, each from the left: "-Y 480 +X 640". The seven other ways OpenCV does not
// read.
void read_size(std::string_view text, HeaderFacts& facts) {
  constexpr std::string_view kRows = "-Y ";
  constexpr std::string_view kColumns = " +X ";
  const std::string told(text.substr(0, 40));
  const bool upright = text.starts_with(kRows) && text.find(kColumns) != std::string_view::npos;
  if (!upright) {
    throw Error("its pixels do not run in rows from the top left, but as '" + told +
                "', which is not read");
  }
  text.remove_prefix(kRows.size());
  facts.height = number(text);
  if (!text.starts_with(kColumns)) throw Error("its header is impossible");
  text.remove_prefix(kColumns.size());
  facts.width = number(text);
}

HeaderFacts read_header(Bytes file) {
  const std::size_t size = std::min(file.size(), kMostHeader);
  std::string_view text(reinterpret_cast<const char*>(file.data()), size);
  bool known = false;
  for (auto next = line(text); !next.empty(); next = line(text)) {
    constexpr std::string_view kFormat = "FORMAT=";
    if (!next.starts_with(kFormat)) continue;
    known = next.substr(kFormat.size()) == "32-bit_rle_rgbe";
    if (!known) {
      throw Error("its pixels are '" + std::string(next.substr(kFormat.size(), 40)) +
                  "'; only 32-bit_rle_rgbe is read");
    }
  }
  if (!known) throw Error("its header does not say what its pixels are");
  HeaderFacts facts{.depth = 32};
  read_size(line(text), facts);
  return facts;
}

Decoded decode(Bytes file, const DecodeOptions& options) {
  return decode_by_opencv(file, read_header(file), options);
}

}  // namespace

constinit const Codec kRadiance = {
    .name = "Radiance HDR", .extensions = kEndings, .sniff = sniff, .decode = decode};

}  // namespace qsample
