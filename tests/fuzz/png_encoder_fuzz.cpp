// Images of all sorts through the PNG encoder, and back through libpng.

#include <algorithm>
#include <cstdint>

#include "files.h"
#include "fuzz/fuzzer.h"
#include "fuzz/libpng_reader.h"

namespace qsample {
namespace {

// The input as samples, as often as it takes, with `drift` added from one time to the next.
template <class T>
void fill(std::vector<T>& samples, Bytes input, std::size_t from, unsigned drift) {
  unsigned add = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::size_t at = (from + i) % input.size();
    if (at == 0) add += drift;
    samples[i] = static_cast<T>(
        std::to_integer<std::size_t>(input[at]) * (sizeof(T) == 2 ? 257 : 1) + add * i);
  }
}

template <class T>
Planes<T> planes_of(const Image& image, bool alpha, Bytes input, unsigned drift) {
  Planes<T> planes;
  planes.colour.resize(image.samples());
  planes.alpha.resize(alpha ? image.pixels() : 0);
  fill(planes.colour, input, 0, drift);
  fill(planes.alpha, input, 1, drift);
  return planes;
}

template <class T>
bool same(const Planes<T>& planes, const Image& image, const LibpngImage& peer) {
  std::vector<std::uint8_t> bytes;  // the more significant first
  for (const T v : interleave(planes, static_cast<std::size_t>(image.channels))) {
    if constexpr (sizeof(T) == 2) bytes.push_back(static_cast<std::uint8_t>(v >> 8));
    bytes.push_back(static_cast<std::uint8_t>(v & 0xFF));
  }
  return bytes == peer.samples;
}

}  // namespace
}  // namespace qsample

// Four bytes say what image it is, the others are its samples.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace qsample;
  constexpr std::size_t kHead = 4;
  if (size <= kHead) return 0;
  const Bytes input = bytes_of(data + kHead, size - kHead);
  // Rows long and few, or short and many: stripes of all kinds.
  const bool small = (data[2] & 8) != 0;
  const int width = 1 + data[0] * (data[3] % 8 == 1 && !small ? 7 : 1);
  Image image{width, 1 + data[1], (data[2] & 1) != 0 ? 3 : 1, {}};
  const bool alpha = (data[2] & 2) != 0;
  const unsigned drift = data[3] / 16;
  if ((data[2] & 4) != 0) {
    image.planes = planes_of<std::uint16_t>(image, alpha, input, drift);
  } else {
    image.planes = planes_of<std::uint8_t>(image, alpha, input, drift);
  }
  EncodeOptions options{.extension = ".png"};
  if (small) options.compression = Compression::small;
  const auto file = encoded(image, kPng, options);
  const auto peer = read_with_libpng(file, image.pixels());
  must(peer && !peer->warned, "libpng takes the file");
  const auto* deep = std::get_if<Planes<std::uint16_t>>(&image.planes);
  must(deep != nullptr ? same(*deep, image, *peer)
                       : same(std::get<Planes<std::uint8_t>>(image.planes), image, *peer),
       "libpng gives the same");
  return 0;
}
