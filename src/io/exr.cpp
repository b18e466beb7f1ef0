// OpenEXR of 32-bit floats through OpenCV.

#include <cstdint>
#include <cstring>

#include "io/plugin.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::string_view kExtensions[] = {".exr"};
constexpr int kDepths[] = {32};

bool sniff(Bytes head) { return has_text(head, 0, "\x76\x2F\x31\x01"); }

// The header's attributes are a name, a type, a length of four bytes and the value; the one looked
// for here is the first and last column and row.
void check_header(Bytes file, const DecodeOptions& options) {
  constexpr std::string_view kWindow("dataWindow\0box2i\0\x10\0\0\0", 21);
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  const auto at = text.find(kWindow);
  std::int32_t window[4] = {};
  if (at == std::string_view::npos || text.size() - at < kWindow.size() + sizeof window)
    throw Error("it is damaged");
  std::memcpy(window, text.data() + at + kWindow.size(), sizeof window);
  const auto width = std::int64_t{window[2]} - window[0] + 1;
  const auto height = std::int64_t{window[3]} - window[1] + 1;
  if (width < 1 || height < 1) throw Error("its header is impossible");
  check_size(static_cast<std::size_t>(width), static_cast<std::size_t>(height), options);
}

Decoded decode(Bytes file, const DecodeOptions& options) {
  check_header(file, options);
  return plugin::opencv().decode(file, options);
}

void encode(const Image& image, const EncodeOptions& options, const Sink& sink) {
  plugin::opencv().encode(image, options, sink);
}

}  // namespace

constinit const Codec kExr = {.name = "EXR",
                              .extensions = kExtensions,
                              .depths = kDepths,
                              .alpha = true,
                              .sniff = sniff,
                              .decode = decode,
                              .encode = encode};

}  // namespace qsample
