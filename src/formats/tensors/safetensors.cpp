// safetensors: a JSON header, its length before it in eight bytes, and float32 tensors behind it.
// Written only; the record is its metadata.

#include <bit>
#include <cstdint>
#include <string>

#include "base/byte_order.h"
#include "base/json.h"
#include "image/codec.h"
#include "image/layout.h"
#include "qsample/error.h"

namespace qsample {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view kExtensions[] = {".safetensors"};
constexpr int kDepths[] = {32};
constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kAlign = 8;
constexpr std::size_t kMostHeader = 100'000'000;  // as the format has it
constexpr std::size_t kMostRead = 16 << 20;       // the headers of the largest models are shorter

std::size_t header_length(Bytes file) {
  if (file.size() < kLengthBytes + 2) return 0;
  const auto length = read_little_endian<std::uint64_t>(file, 0);
  return length <= file.size() - kLengthBytes ? static_cast<std::size_t>(length) : 0;
}

// By the head of a file, of which the header need not be a part.
bool sniff(Bytes head) {
  if (!has_text(head, kLengthBytes, "{\"")) return false;
  return read_little_endian<std::uint64_t>(head, 0) <= kMostHeader;
}

// The header is all that is read of it.
std::optional<std::size_t> extent(Bytes begin, const DecodeOptions& /*options*/) {
  return kLengthBytes + read_little_endian<std::uint64_t>(begin, 0);
}

Decoded decode(Bytes /*file*/, const DecodeOptions& /*options*/) {
  throw Error("is written, not read; .npy is read");
}

void add_tensor(Json& header, std::vector<float>& data, const std::string& name,
                const std::vector<float>& samples, const std::vector<int>& shape) {
  const std::size_t begin = data.size() * sizeof(float);
  data.insert(data.end(), samples.begin(), samples.end());
  header[name] = {
      {"dtype", "F32"}, {"shape", shape}, {"data_offsets", {begin, data.size() * sizeof(float)}}};
}

void encode(const Image& image, const EncodeOptions& options, const Sink& sink) {
  Json header;
  if (!options.record.empty()) header["__metadata__"] = {{"qsample", options.record}};
  std::vector<float> data;
  std::vector<NamedImage> images = {{options.name, &image}};
  images.insert(images.end(), options.others.begin(), options.others.end());
  const bool chw = options.layout.value_or(image.annotations.layout) == Layout::chw;
  for (const auto& [name, one] : images) {
    const auto& planes = std::get<Planes<float>>(one->planes);
    if (chw) {
      add_tensor(header, data, name,
                 to_planar(planes.colour, static_cast<std::size_t>(one->channels)),
                 {one->channels, one->height, one->width});
    } else {
      add_tensor(header, data, name, planes.colour, {one->height, one->width, one->channels});
    }
  }
  const auto& alpha = std::get<Planes<float>>(image.planes).alpha;
  if (!alpha.empty()) add_tensor(header, data, "alpha", alpha, {image.height, image.width});

  std::string text = header.dump();
  text.resize((text.size() + kAlign - 1) / kAlign * kAlign, ' ');
  std::vector<std::byte> length;
  append_little_endian(length, text.size(), kLengthBytes);
  sink(length);
  sink(std::as_bytes(std::span(text)));
  sink(std::as_bytes(std::span(data)));
}

std::string record(Bytes file) {
  try {
    const auto* text = reinterpret_cast<const char*>(file.data()) + kLengthBytes;
    const Json header = parse_json({text, header_length(file)}, {.most_bytes = kMostRead});
    return header.value("__metadata__", Json::object()).value("qsample", "");
  } catch (const Json::exception&) {
    throw Error("its header is damaged");
  } catch (const Error& e) {
    throw Error(std::string("its header ") + e.what());
  }
}

}  // namespace

constinit const Codec kSafetensors = {.name = "safetensors",
                                      .extensions = kExtensions,
                                      .depths = kDepths,
                                      .channels = {},
                                      .alpha = true,
                                      .holds_many = true,
                                      .encode_copies = 3,
                                      .sniff = sniff,
                                      .extent = extent,
                                      .decode = decode,
                                      .encode = encode,
                                      .record = record};

}  // namespace qsample
