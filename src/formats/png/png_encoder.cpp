#include "formats/png/png_encoder.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/byte_order.h"
#include "formats/png/deflate/png_image_data.h"
#include "formats/png/deflate/png_rows.h"
#include "formats/png/png_annotations.h"

namespace qsample {
namespace {

// Not inlined: GCC 12 then sees writes beyond the end that are not there.
[[gnu::noinline]] void append(std::vector<std::byte>& out, Bytes bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace

void put_png_chunk(std::string_view type, Bytes begin, Bytes rest, const Sink& sink) {
  std::vector<std::byte> front;
  append_big_endian(front, begin.size() + rest.size(), 4);
  append(front, std::as_bytes(std::span(type)));
  append(front, begin);
  auto crc = libdeflate_crc32(0, front.data() + 4, front.size() - 4);
  sink(front);
  if (!rest.empty()) {
    crc = libdeflate_crc32(crc, rest.data(), rest.size());
    sink(rest);
  }
  std::vector<std::byte> back;
  append_big_endian(back, crc, 4);
  sink(back);
}

void put_png_start(const Image& image, std::span<const StoredChunk> chunks, const Sink& sink) {
  std::vector<std::byte> start;
  append(start, std::as_bytes(std::span(kPngSignature)));
  const auto append_to_start = [&](Bytes bytes) { append(start, bytes); };
  std::vector<std::byte> header;
  append_big_endian(header, static_cast<std::size_t>(image.width), 4);
  append_big_endian(header, static_cast<std::size_t>(image.height), 4);
  const int colour_type = (image.channels == 3 ? 2 : 0) + (image.has_alpha() ? 4 : 0);
  for (const int value : {image.depth(), colour_type, 0, 0, 0}) {
    header.push_back(static_cast<std::byte>(value));
  }
  put_png_chunk("IHDR", header, {}, append_to_start);
  for (const StoredChunk& chunk : chunks) {
    put_png_chunk(chunk.type, chunk.data, {}, append_to_start);
  }
  sink(start);
}

void put_png_pixels(const Image& image, const EncodeOptions& options,
                    const std::function<void(Bytes data)>& put_data) {
  put_png_image_data(PngRows(image), options.compression, options.run, [&](Bytes piece) {
    for (Bytes left = piece; !left.empty();) {
      const Bytes data = left.first(std::min(left.size(), kMostInPngChunk));
      put_data(data);
      left = left.subspan(data.size());
    }
  });
}

void encode_png(const Image& image, const EncodeOptions& options, const Sink& sink) {
  put_png_start(image, annotation_chunks(image, options), sink);
  put_png_pixels(image, options, [&](Bytes data) { put_png_chunk("IDAT", {}, data, sink); });
  put_png_chunk("IEND", {}, {}, sink);
}

}  // namespace qsample
