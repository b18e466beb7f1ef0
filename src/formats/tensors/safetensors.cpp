// safetensors: a JSON header, its length before it in eight bytes, and tensors behind it. The
// record is its metadata.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/byte_order.h"
#include "base/json.h"
#include "formats/tensors/lists.h"
#include "formats/tensors/tensor.h"
#include "image/codec.h"
#include "qsample/error.h"

namespace qsample {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view kExtensions[] = {".safetensors"};
constexpr int kDepths[] = {32, 64};
constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kAlign = 8;
constexpr std::size_t kMostText = 100'000'000;  // of the header, as the format has it
// Those of the largest models are shorter.
constexpr std::size_t kMostRead = kMostHeader - kLengthBytes;

std::size_t header_length(Bytes file) {
  if (file.size() < kLengthBytes + 2) return 0;
  const auto length = read_little_endian<std::uint64_t>(file, 0);
  return length <= file.size() - kLengthBytes ? static_cast<std::size_t>(length) : 0;
}

// By the head of a file, of which the header need not be a part.
bool sniff(Bytes head) {
  if (!has_text(head, kLengthBytes, "{")) return false;
  return read_little_endian<std::uint64_t>(head, 0) <= kMostText;
}

struct ElementName {
  std::string_view name;
  Element element;
};
constexpr ElementName kElements[] = {
    {"F64", {Element::Kind::floating, 8}},         {"F32", {Element::Kind::floating, 4}},
    {"F16", {Element::Kind::floating, 2}},         {"BF16", {Element::Kind::brain, 2}},
    {"I64", {Element::Kind::signed_integer, 8}},   {"I32", {Element::Kind::signed_integer, 4}},
    {"I16", {Element::Kind::signed_integer, 2}},   {"I8", {Element::Kind::signed_integer, 1}},
    {"U64", {Element::Kind::unsigned_integer, 8}}, {"U32", {Element::Kind::unsigned_integer, 4}},
    {"U16", {Element::Kind::unsigned_integer, 2}}, {"U8", {Element::Kind::unsigned_integer, 1}},
};
// Bits of the elements of tensors that a file may hold besides, which are not read.
constexpr std::pair<std::string_view, std::size_t> kOtherElements[] = {
    {"BOOL", 8},    {"F8_E4M3", 8}, {"F8_E5M2", 8}, {"F8_E8M0", 8},
    {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"F4", 4},      {"C64", 64}};

std::string_view dtype_name_of(Dtype dtype) {
  switch (dtype) {
    case Dtype::float32: return "F32";
    case Dtype::float16: return "F16";
    case Dtype::bfloat16: return "BF16";
    case Dtype::float64: return "F64";
  }
  return {};
}

// A tensor as the header has it.
struct Entry {
  std::string name;
  std::string dtype;
  std::vector<std::size_t> shape;
  std::size_t begin, end;  // behind the header
};

std::size_t whole(const Json& value, const std::string& name) {
  if (!value.is_number_unsigned()) throw Error("tensor '" + name + "' of its header is damaged");
  return value.get<std::size_t>();
}

Entry entry_of(const std::string& name, const Json& json) {
  const auto fail = [&] { throw Error("tensor '" + name + "' of its header is damaged"); };
  if (!json.is_object() || json.size() != 3 || !json.contains("dtype") || !json.contains("shape") ||
      !json.contains("data_offsets")) {
    fail();
  }
  const Json& shape = json["shape"];
  const Json& offsets = json["data_offsets"];
  if (!json["dtype"].is_string() || !shape.is_array() || !offsets.is_array() ||
      offsets.size() != 2) {
    fail();
  }
  Entry entry{
      name, json["dtype"].get<std::string>(), {}, whole(offsets[0], name), whole(offsets[1], name)};
  for (const Json& side : shape) entry.shape.push_back(whole(side, name));
  return entry;
}

std::size_t bits_of(const Entry& entry) {
  for (const auto& [name, element] : kElements) {
    if (name == entry.dtype) return 8 * element.bytes;
  }
  for (const auto& [name, bits] : kOtherElements) {
    if (name == entry.dtype) return bits;
  }
  throw Error("tensor '" + entry.name + "' has the unknown dtype " + entry.dtype);
}

// The tensors of a file, in the order of their places, which lie one after the other without a gap
// (as the format has it: a byte that belongs to none, or to two, may hide something).
std::vector<Entry> entries_of(Bytes file) {
  const std::size_t length = header_length(file);
  if (length == 0) throw Error("it is truncated");
  std::vector<Entry> entries;
  Json header;
  try {
    header = parse_json({reinterpret_cast<const char*>(file.data()) + kLengthBytes, length},
                        {.most_bytes = kMostRead});
  } catch (const Error& e) {
    throw Error(std::string("its header ") + e.what());
  }
  if (!header.is_object()) throw Error("its header is damaged");
  for (const auto& [name, json] : header.items()) {
    if (name != "__metadata__") entries.push_back(entry_of(name, json));
  }
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  std::size_t at = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != at) {
      throw Error("tensor '" + entry.name + "' begins at " + std::to_string(entry.begin) +
                  ", where " + std::to_string(at) +
                  (entry.begin < at ? ": it overlaps another" : ": bytes lie between"));
    }
    const std::size_t bits = elements_of(entry.shape) * bits_of(entry);
    if (entry.end < entry.begin || entry.end - entry.begin != bits / 8 || bits % 8 != 0) {
      throw Error("tensor '" + entry.name + "' has not the bytes of its shape " +
                  shape_text(entry.shape));
    }
    at = entry.end;
  }
  return entries;
}

const Entry& chosen(const std::vector<Entry>& entries, const std::string& wanted) {
  std::vector<std::string> names;
  names.reserve(entries.size());
  for (const Entry& entry : entries) names.push_back(entry.name);
  return entries[chosen_tensor(names, wanted)];
}

TensorView view_of(const Entry& entry) {
  for (const auto& [name, element] : kElements) {
    if (name == entry.dtype) return {element, entry.shape, false, {}};
  }
  throw Error("tensor '" + entry.name + "' is of dtype " + entry.dtype +
              ", which is not read; read are floats of 2, 4 and 8 bytes, and integers");
}

// What is read of a file that is cut short is its header; of a whole one nothing may follow.
std::optional<std::size_t> extent(Bytes begin, const DecodeOptions& options) {
  if (begin.size() < kLengthBytes) return std::nullopt;
  const auto length = read_little_endian<std::uint64_t>(begin, 0);
  if (begin.size() < kLengthBytes + length) return kLengthBytes + length;
  const auto entries = entries_of(begin);
  const Entry& entry = chosen(entries, options.tensor);
  (void)image_without_samples(view_of(entry), options);
  return kLengthBytes + length + entries.back().end + 1;
}

StoredTensor locate(Bytes begin, const DecodeOptions& options) {
  const auto entries = entries_of(begin);
  const Entry& entry = chosen(entries, options.tensor);
  check_frame(1, options);
  const std::size_t data_at = kLengthBytes + header_length(begin);
  StoredTensor stored{view_of(entry), data_at + entry.begin, data_at + entries.back().end};
  (void)image_without_samples(stored.view, options);
  return stored;
}

Decoded decode(Bytes file, const DecodeOptions& options) {
  StoredTensor stored = locate(file, options);
  if (file.size() < stored.file_size) throw Error("it is truncated");
  std::string damage;
  if (file.size() > stored.file_size) damage = tolerated(kTrailing, options);
  stored.view.data = file.subspan(stored.samples_at);
  Decoded decoded{image_of(stored.view, options)};
  decoded.image.damage = std::move(damage);
  return decoded;
}

// The image and those with it, by their names.
std::vector<NamedImage> images_of(const Image& image, const EncodeOptions& options) {
  std::vector<NamedImage> images = {{options.name, &image}};
  images.insert(images.end(), options.others.begin(), options.others.end());
  return images;
}

const std::vector<float>& alpha_of(const Image& image) {
  static const std::vector<float> none;
  const auto* floats = std::get_if<Planes<float>>(&image.planes);
  return floats == nullptr ? none : floats->alpha;
}

// The header with its length before it.
std::string framed(const Json& header) {
  std::string text = header.dump();
  text.resize((text.size() + kAlign - 1) / kAlign * kAlign, ' ');
  std::vector<std::byte> length;
  append_little_endian(length, text.size(), kLengthBytes);
  return std::string(reinterpret_cast<const char*>(length.data()), length.size()) + text;
}

std::vector<std::byte> head(const Image& image, const EncodeOptions& options) {
  Json header;
  if (!options.record.empty()) header["__metadata__"] = {{"qsample", options.record}};
  const Layout layout = options.layout.value_or(image.annotations.layout);
  const Dtype dtype = dtype_of(image, options);
  std::size_t end = 0;
  const auto add = [&](const std::string& name, std::size_t size, Dtype of, const auto& shape) {
    header[name] = {{"dtype", dtype_name_of(of)},
                    {"shape", shape},
                    {"data_offsets", {end, end + size * bytes_of(of)}}};
    end += size * bytes_of(of);
  };
  for (const auto& [name, one] : images_of(image, options)) {
    add(name, one->samples(), dtype, shape_of(*one, layout));
  }
  if (const std::size_t size = alpha_of(image).size(); size > 0) {
    add("alpha", size, Dtype::float32, std::vector{image.height, image.width});
  }
  const std::string text = framed(header);
  const Bytes bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

void encode(const Image& image, const EncodeOptions& options, const Sink& sink) {
  sink(head(image, options));
  const Layout layout = options.layout.value_or(image.annotations.layout);
  for (const auto& [name, one] : images_of(image, options)) {
    write_samples(*one, layout, dtype_of(image, options), sink);
  }
  const std::vector<float>& alpha = alpha_of(image);
  if (!alpha.empty()) sink(std::as_bytes(std::span(alpha)));
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

constexpr TensorFile kTensors = {locate, head};

}  // namespace

std::optional<std::vector<NamedNumbers>> lists_of_safetensors(Bytes file) {
  if (!sniff(file)) return std::nullopt;
  const auto entries = entries_of(file);
  const std::size_t begin = kLengthBytes + header_length(file);
  if (!entries.empty() && file.size() != begin + entries.back().end) {
    throw Error(file.size() < begin + entries.back().end ? "it is truncated" : kTrailing);
  }
  std::vector<NamedNumbers> lists;
  for (const Entry& entry : entries) {
    if (entry.shape.size() != 1 || entry.shape[0] == 0) continue;
    TensorView view = view_of(entry);
    view.shape = {1, entry.shape[0]};
    view.data = file.subspan(begin + entry.begin);
    const Image row = image_of(view, {});
    std::visit(
        [&](const auto& planes) {
          lists.push_back({entry.name, {planes.colour.begin(), planes.colour.end()}});
        },
        row.planes);
  }
  return lists;
}

std::string safetensors_head_of_lists(const std::vector<std::string>& names, std::size_t count) {
  Json header;
  std::size_t end = 0;
  for (const auto& name : names) {
    header[name] = {{"dtype", "F64"}, {"shape", {count}}, {"data_offsets", {end, end + 8 * count}}};
    end += 8 * count;
  }
  return framed(header);
}

constinit const Codec kSafetensors = {.name = "safetensors",
                                      .extensions = kExtensions,
                                      .depths = kDepths,
                                      .channels = {},
                                      .dtypes = kDtypes,
                                      .alpha = true,
                                      .holds_many = true,
                                      .sniff = sniff,
                                      .extent = extent,
                                      .decode = decode,
                                      .encode = encode,
                                      .record = record,
                                      .tensors = &kTensors};

}  // namespace qsample
