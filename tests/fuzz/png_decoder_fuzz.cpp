// PNG files against libpng: what qsample takes libpng takes, with the same pixels, and what libpng
// takes without complaint qsample takes; decoded at once or in pieces.

#include <libdeflate.h>

#include <cstdint>

#include "base/byte_order.h"
#include "formats/png/png_chunks.h"
#include "fuzz/fuzzer.h"
#include "fuzz/libpng_reader.h"
#include "image/image_io.h"
#include "pictures.h"
#include "qsample/error.h"

namespace qsample {
namespace {

template <class T>
bool same(const Planes<T>& planes, const Image& image, const LibpngImage& peer) {
  std::vector<T> samples;
  for (std::size_t i = 0; i < peer.samples.size(); i += sizeof(T)) {
    T v = peer.samples[i];
    if constexpr (sizeof(T) == 2) v = static_cast<T>(v << 8 | peer.samples[i + 1]);
    samples.push_back(v);
  }
  return interleave(planes, static_cast<std::size_t>(image.channels)) == samples;
}

bool same(const Image& image, const LibpngImage& peer) {
  const int channels = image.channels + (image.has_alpha() ? 1 : 0);
  if (image.width != static_cast<int>(peer.width) || image.depth() != peer.depth ||
      image.height != static_cast<int>(peer.height) || channels != peer.channels) {
    return false;
  }
  const auto* deep = std::get_if<Planes<std::uint16_t>>(&image.planes);
  return deep != nullptr ? same(*deep, image, peer)
                         : same(std::get<Planes<std::uint8_t>>(image.planes), image, peer);
}

// What libpng does not look at: whether a palette has a colour for each index.
bool lacks_colour = false;

std::optional<Image> decoded(Bytes file, std::size_t most_at_once) {
  DecodeOptions options = fuzz_options();
  options.most_at_once = most_at_once;
  try {
    Decoded image = kPng.decode(file, options);  // without the orientation, which libpng ignores
    return std::move(image.image);
  } catch (const Error& e) {
    lacks_colour = std::string_view(e.what()).starts_with("its palette has no colour");
    return std::nullopt;
  }
}

}  // namespace
}  // namespace qsample

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace qsample;
  const Bytes file = bytes_of(data, size);
  if (!kPng.sniff(file)) return 0;
  const auto own = decoded(file, DecodeOptions().most_at_once);
  const auto in_pieces = decoded(file, 0);
  const auto peer = read_with_libpng(file, fuzz_options().max_pixels);
  must(own.has_value() == in_pieces.has_value(), "both ways take it or neither");
  must(!own || same_pixels(*own, *in_pieces), "both ways give the same");
  must(!own || peer, "libpng takes what is taken");
  must(!own || same(*own, *peer), "libpng gives the same");
  must(own || !peer || peer->warned || lacks_colour,
       "what libpng takes without complaint is taken");
  return 0;
}

#ifdef QSAMPLE_FUZZERS

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

// Gives every chunk the checksum that it should have; else nearly all changes end there.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned /*seed*/) {
  using namespace qsample;
  constexpr std::size_t kFrame = 12;
  size = LLVMFuzzerMutate(data, size, most);
  for (std::size_t at = kPngSignature.size(); at + kFrame <= size;) {
    const std::size_t length = read_big_endian(bytes_of(data, size), at);
    if (length > size - at - kFrame) break;
    const std::uint32_t crc = libdeflate_crc32(0, data + at + 4, length + 4);
    for (std::size_t i = 0; i < 4; ++i) {
      data[at + 8 + length + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
    }
    at += kFrame + length;
  }
  return size;
}

#endif
