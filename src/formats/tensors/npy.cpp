// NumPy's .npy: a header, which is a Python dictionary in text, and samples.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>

#include "base/byte_order.h"
#include "formats/tensors/tensor.h"
#include "image/codec.h"
#include "qsample/error.h"

namespace qsample {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view kExtensions[] = {".npy"};
constexpr int kDepths[] = {32, 64};
constexpr Dtype kNpyDtypes[] = {Dtype::float32, Dtype::float16, Dtype::float64};
constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlign = 64;
constexpr std::size_t kMostText = 1 << 16;  // of the header
constexpr const char* kExpected = "; read are floats of 2, 4 and 8 bytes, and integers";

bool sniff(Bytes head) { return has_text(head, 0, kMagic); }

// The text of the value that a key of the header's dictionary has, up to `end`.
std::string_view value_of(std::string_view header, std::string_view key, std::string_view end) {
  const auto quoted = fmt::format("'{}':", key);
  auto at = header.find(quoted);
  if (at == std::string_view::npos)
    throw Error("its header has no " + std::string(key) + kExpected);
  at += quoted.size();
  while (at < header.size() && header[at] == ' ') ++at;
  const auto stop = header.find_first_of(end, at + 1);
  if (stop == std::string_view::npos) throw Error("its header is damaged");
  return header.substr(at, stop - at + 1);
}

std::vector<std::size_t> shape_in(std::string_view header) {
  const auto text = value_of(header, "shape", ")");
  if (!text.starts_with('(')) throw Error("its header is damaged");
  std::vector<std::size_t> shape;
  for (std::size_t at = 1; at < text.size();) {
    if (text[at] == ' ' || text[at] == ',' || text[at] == ')') {
      ++at;
      continue;
    }
    std::size_t side = 0;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), side);
    if (error != std::errc()) throw Error("its shape is " + std::string(text));
    shape.push_back(side);
    at = static_cast<std::size_t>(end - text.data());
  }
  return shape;
}

// Of "'<f4'".
Element element_in(std::string_view header) {
  auto dtype = value_of(header, "descr", ",}");
  dtype.remove_suffix(1);
  const auto fail = [&] { throw Error("its dtype is " + std::string(dtype) + kExpected); };
  while (dtype.ends_with(' ')) dtype.remove_suffix(1);
  if (dtype.size() != 5 || dtype.front() != '\'' || dtype.back() != '\'') fail();
  const char order = dtype[1];
  const char kind = dtype[2];
  const auto bytes = static_cast<std::size_t>(dtype[3] - '0');
  const bool whole = bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
  if (!whole || std::string_view("<>|=").find(order) == std::string_view::npos) fail();
  const bool big_endian = order == '>';
  if (kind == 'f' && bytes > 1) return {Element::Kind::floating, bytes, big_endian};
  if (kind == 'i') return {Element::Kind::signed_integer, bytes, big_endian};
  if (kind == 'u') return {Element::Kind::unsigned_integer, bytes, big_endian};
  fail();
  return {};
}

StoredTensor read_header(Bytes file) {
  constexpr std::size_t kFixed = 10;  // magic, version, a length of two bytes
  if (file.size() < kFixed + 2) throw Error("it is truncated");
  // Versions 2 and 3 have a length of four bytes.
  const bool wide = std::to_integer<int>(file[kMagic.size()]) > 1;
  const std::size_t length = read_little_endian(file, kMagic.size() + 2, wide ? 4 : 2);
  const std::size_t begin = kFixed + (wide ? 2 : 0);
  if (length > kMostText) throw Error("its header is damaged");
  if (file.size() - begin < length) throw Error("it is truncated");
  const std::string_view text(reinterpret_cast<const char*>(file.data()) + begin, length);
  StoredTensor stored;
  stored.view.element = element_in(text);
  stored.view.shape = shape_in(text);
  stored.view.fortran = value_of(text, "fortran_order", ",}").starts_with("True");
  stored.samples_at = begin + length;
  stored.file_size = stored.samples_at + elements_of(stored.view.shape) * stored.view.element.bytes;
  return stored;
}

StoredTensor locate(Bytes begin, const DecodeOptions& options) {
  StoredTensor stored = read_header(begin);
  check_frame(1, options);
  (void)image_without_samples(stored.view, options);
  return stored;
}

std::optional<std::size_t> extent(Bytes begin, const DecodeOptions& options) {
  return locate(begin, options).file_size + 1;
}

Decoded decode(Bytes file, const DecodeOptions& options) {
  StoredTensor stored = locate(file, options);
  if (file.size() < stored.file_size)
    throw Error("its size is not that of its shape; it is truncated or damaged");
  std::string damage;
  if (file.size() > stored.file_size) damage = tolerated(kTrailing, options);
  stored.view.data = file.subspan(stored.samples_at);
  Decoded decoded{image_of(stored.view, options)};
  decoded.image.damage = std::move(damage);
  return decoded;
}

// It has no bfloat16, which a float32 holds.
Dtype own_dtype_of(const Image& image, const EncodeOptions& options) {
  const Dtype dtype = dtype_of(image, options);
  return dtype == Dtype::bfloat16 ? Dtype::float32 : dtype;
}

std::vector<std::byte> head(const Image& image, const EncodeOptions& options) {
  const Layout layout = options.layout.value_or(image.annotations.layout);
  auto header =
      fmt::format("{{'descr': '<f{}', 'fortran_order': False, 'shape': {}, }}",
                  bytes_of(own_dtype_of(image, options)), shape_text(shape_of(image, layout)));
  // Spaces and a line's end, so that the samples begin at a multiple of 64.
  const std::size_t prefix = kMagic.size() + 4;
  header.resize((prefix + header.size() + kAlign) / kAlign * kAlign - prefix - 1, ' ');
  header += '\n';
  const Bytes magic = std::as_bytes(std::span(kMagic));
  std::vector<std::byte> start(magic.begin(), magic.end());
  for (const int version : {1, 0}) start.push_back(static_cast<std::byte>(version));
  append_little_endian(start, header.size(), 2);
  const Bytes text = std::as_bytes(std::span(header));
  start.insert(start.end(), text.begin(), text.end());
  return start;
}

void encode(const Image& image, const EncodeOptions& options, const Sink& sink) {
  sink(head(image, options));
  write_samples(image, options.layout.value_or(image.annotations.layout),
                own_dtype_of(image, options), sink);
}

constexpr TensorFile kTensors = {locate, head};

}  // namespace

constinit const Codec kNpy = {.name = "NPY",
                              .extensions = kExtensions,
                              .depths = kDepths,
                              .channels = {},
                              .dtypes = kNpyDtypes,
                              .sniff = sniff,
                              .extent = extent,
                              .decode = decode,
                              .encode = encode,
                              .tensors = &kTensors};

}  // namespace qsample
