// Images of all sorts through the PNG encoder, and back through libpng.

#include <zlib.h>

#include <algorithm>
#include <cstdint>

#include "files.h"
#include "formats/png/deflate/match_deflate.h"
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

// Two pieces with matches, cut at `at`, are one stream.
void must_join(Bytes input, std::size_t at, int level) {
  const std::span bytes(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  MatchDeflater deflater(level);
  std::vector<std::byte> stream(2 * bytes.size() + 1000);
  std::size_t end = deflater.write(bytes.first(at), false, stream);
  end += deflater.write(bytes.subspan(at), true, std::span(stream).subspan(end));
  std::vector<std::uint8_t> inflated(bytes.size() + 1);
  z_stream state{};
  must(::inflateInit2(&state, -MAX_WBITS) == Z_OK, "there is memory");
  state.next_in = reinterpret_cast<Bytef*>(stream.data());
  state.avail_in = static_cast<uInt>(end);
  state.next_out = inflated.data();
  state.avail_out = static_cast<uInt>(inflated.size());
  const int status = ::inflate(&state, Z_FINISH);
  must(status == Z_STREAM_END && state.avail_in == 0 && state.total_out == bytes.size() &&
           std::equal(bytes.begin(), bytes.end(), inflated.begin()),
       "pieces join");
  ::inflateEnd(&state);
}

}  // namespace
}  // namespace qsample

// Four bytes say what image it is, the others are its samples.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace qsample;
  constexpr std::size_t kHead = 4;
  if (size <= kHead + 1) return 0;
  const Bytes input = bytes_of(data + kHead, size - kHead);
  const bool small = (data[2] & 8) != 0;
  must_join(input, 1 + data[1] * (input.size() - 2) / 256, small ? 12 : 6);
  // Small, for many a second, but for one in 32, which has several stripes.
  const int scale = data[2] >= 0xF8 ? 8 : 1;
  Image image{1 + data[0] / 4 * scale, 1 + data[1] / 4 * scale, (data[2] & 1) != 0 ? 3 : 1, {}};
  const bool alpha = (data[2] & 2) != 0;
  const unsigned drift = data[3] / 16;
  if ((data[2] & 4) != 0) {
    image.planes = planes_of<std::uint16_t>(image, alpha, input, drift);
  } else {
    image.planes = planes_of<std::uint8_t>(image, alpha, input, drift);
  }
  EncodeOptions options{.extension = ".png"};
  if (small) options.compression = Compression::small;
  options.run.workers = 1 + (data[3] & 1);
  const auto file = encoded(image, kPng, options);
  const auto peer = read_with_libpng(file, image.pixels());
  must(peer && !peer->warned, "libpng takes the file");
  must(peer->samples == libpng_samples(image), "libpng gives the same");
  return 0;
}
