#include "formats/tensors/tensor.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "core/half.h"
#include "qsample/error.h"

namespace qsample {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::size_t kMaxSide = 1 << 24;
// Samples written at a time.
constexpr std::size_t kPiece = 1 << 14;

constexpr const char* kExpected =
    "; read are (H, W), (C, H, W), (N, C, H, W) and (N, C, F, H, W), or with C at the end by "
    "`layout` hwc";

bool is_channels(std::size_t side) { return side == 1 || side == 3; }

// Which side of a shape is which; of those that it lacks there is one.
struct Sides {
  std::size_t items = 1, channels = 1, frames = 1, height = 1, width = 1;
};

// How far apart neighbours are, in elements.
struct Strides {
  std::size_t item = 0, channel = 0, frame = 0, row = 0, column = 0;
};

Layout layout_of(const std::vector<std::size_t>& shape, const DecodeOptions& options) {
  if (shape.size() < 3) return Layout::chw;
  const bool has_frames = shape.size() == 5;
  const std::size_t first = shape[shape.size() - (has_frames ? 4 : 3)];
  const std::size_t last = shape.back();
  if (!has_frames && !is_channels(first) && is_channels(last)) return Layout::hwc;
  if (is_channels(first)) return Layout::chw;
  return options.layout.value_or(Layout::chw);
}

// Calls set(side, value) for each of the shape's, in its order.
template <class Struct, class Set>
void for_each_side(std::size_t dimensions, Layout layout, const Set& set) {
  using Member = std::size_t Struct::*;
  const auto pick = [](Member items, Member channels, Member frames, Member height, Member width) {
    return std::array{items, channels, frames, height, width};
  };
  std::array<Member, 5> m{};
  if constexpr (std::is_same_v<Struct, Sides>) {
    m = pick(&Sides::items, &Sides::channels, &Sides::frames, &Sides::height, &Sides::width);
  } else {
    m = pick(&Strides::item, &Strides::channel, &Strides::frame, &Strides::row, &Strides::column);
  }
  std::vector<Member> order;
  const bool chw = layout == Layout::chw;
  if (dimensions > 3) order.push_back(m[0]);
  if (dimensions > 2 && chw) order.push_back(m[1]);
  if (dimensions > 4) order.push_back(m[2]);
  order.insert(order.end(), {m[3], m[4]});
  if (dimensions > 2 && !chw) order.push_back(m[1]);
  for (std::size_t i = 0; i < order.size(); ++i) set(order[i], i);
}

Strides strides_of(const TensorView& tensor, Layout layout) {
  Strides strides;
  const auto& shape = tensor.shape;
  for_each_side<Strides>(shape.size(), layout, [&](auto side, std::size_t at) {
    std::size_t stride = 1;
    if (tensor.fortran) {
      for (std::size_t i = 0; i < at; ++i) stride *= shape[i];
    } else {
      for (std::size_t i = at + 1; i < shape.size(); ++i) stride *= shape[i];
    }
    strides.*side = stride;
  });
  return strides;
}

template <std::size_t kBytes>
auto bits_at(const std::byte* at, bool big_endian) {
  using Bits = std::conditional_t<
      kBytes == 1, std::uint8_t,
      std::conditional_t<kBytes == 2, std::uint16_t,
                         std::conditional_t<kBytes == 4, std::uint32_t, std::uint64_t>>>;
  std::array<std::byte, kBytes> bytes;
  std::memcpy(bytes.data(), at, kBytes);
  if (big_endian) std::reverse(bytes.begin(), bytes.end());
  return std::bit_cast<Bits>(bytes);
}

template <class To, std::size_t kBytes>
To value_at(const std::byte* at, const Element& element) {
  const auto bits = bits_at<kBytes>(at, element.big_endian);
  switch (element.kind) {
    case Element::Kind::signed_integer:
      return static_cast<To>(static_cast<std::make_signed_t<decltype(bits)>>(bits));
    case Element::Kind::unsigned_integer: return static_cast<To>(bits);
    case Element::Kind::brain:
      if constexpr (kBytes == 2) return static_cast<To>(float_of_brain(bits));
      break;
    case Element::Kind::floating:
      if constexpr (kBytes == 2) return static_cast<To>(float_of_half(bits));
      if constexpr (kBytes == 4) return static_cast<To>(std::bit_cast<float>(bits));
      if constexpr (kBytes == 8) return static_cast<To>(std::bit_cast<double>(bits));
      break;
  }
  return To{};
}

template <class To, std::size_t kBytes>
void read_samples(const TensorView& tensor, const Image& image, std::vector<To>& samples) {
  const Strides strides = strides_of(tensor, image.annotations.layout);
  const auto channels = static_cast<std::size_t>(image.channels);
  const auto width = static_cast<std::size_t>(image.width);
  std::size_t row_at = 0;
  for (std::size_t n = 0; n < static_cast<std::size_t>(image.items); ++n) {
    for (std::size_t f = 0; f < static_cast<std::size_t>(image.frames); ++f) {
      for (std::size_t y = 0; y < static_cast<std::size_t>(image.height); ++y) {
        const std::size_t from = n * strides.item + f * strides.frame + y * strides.row;
        for (std::size_t c = 0; c < channels; ++c) {
          const std::byte* at = tensor.data.data() + (from + c * strides.channel) * kBytes;
          for (std::size_t x = 0; x < width; ++x, at += strides.column * kBytes) {
            samples[row_at + x * channels + c] = value_at<To, kBytes>(at, tensor.element);
          }
        }
        row_at += width * channels;
      }
    }
  }
}

template <class To>
Planes<To> planes_of(const TensorView& tensor, const Image& image) {
  Planes<To> planes;
  planes.colour.resize(image.samples());
  switch (tensor.element.bytes) {
    case 1: read_samples<To, 1>(tensor, image, planes.colour); break;
    case 2: read_samples<To, 2>(tensor, image, planes.colour); break;
    case 4: read_samples<To, 4>(tensor, image, planes.colour); break;
    default: read_samples<To, 8>(tensor, image, planes.colour); break;
  }
  return planes;
}

bool is_integer(const Element& element) {
  return element.kind == Element::Kind::signed_integer ||
         element.kind == Element::Kind::unsigned_integer;
}

bool needs_doubles(const Element& element) {
  return element.bytes == 8 || (is_integer(element) && element.bytes == 4);
}

Dtype dtype_of(const Element& element) {
  if (element.kind == Element::Kind::brain) return Dtype::bfloat16;
  if (element.kind != Element::Kind::floating) return Dtype::float32;
  return element.bytes == 2 ? Dtype::float16 : element.bytes == 8 ? Dtype::float64 : Dtype::float32;
}

// Collects bytes for a sink.
class Pieces {
 public:
  explicit Pieces(const Sink& sink) : sink_(sink) { bytes_.reserve(kPiece * sizeof(double)); }

  template <class T>
  void put(T value) {
    const auto bytes = std::bit_cast<std::array<std::byte, sizeof(T)>>(value);
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    if (bytes_.size() >= kPiece * sizeof(T)) flush();
  }
  void flush() {
    if (!bytes_.empty()) sink_(bytes_);
    bytes_.clear();
  }

 private:
  const Sink& sink_;
  std::vector<std::byte> bytes_;
};

// Calls visit(index) for the samples of an image in the order of a tensor of this layout.
template <class Visit>
void in_order(const Image& image, Layout layout, const Visit& visit) {
  const auto channels = static_cast<std::size_t>(image.channels);
  const std::size_t item = image.samples() / static_cast<std::size_t>(image.items);
  for (std::size_t first = 0; first < image.samples(); first += item) {
    if (layout == Layout::hwc) {
      for (std::size_t i = 0; i < item; ++i) visit(first + i);
      continue;
    }
    for (std::size_t c = 0; c < channels; ++c) {
      for (std::size_t i = c; i < item; i += channels) visit(first + i);
    }
  }
}

}  // namespace

std::string shape_text(const std::vector<std::size_t>& shape) {
  std::string text = "(";
  for (const std::size_t side : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(side);
  return text + (shape.size() == 1 ? ",)" : ")");
}

std::size_t elements_of(const std::vector<std::size_t>& shape) {
  std::size_t count = 1;
  for (const std::size_t side : shape) {
    // A sample may have eight bytes.
    if (side != 0 && count > std::numeric_limits<std::size_t>::max() / 16 / side) {
      throw Error("its shape is " + shape_text(shape) + ", which no memory holds");
    }
    count *= side;
  }
  return count;
}

std::size_t chosen_tensor(const std::vector<std::string>& names, const std::string& wanted) {
  if (names.empty()) throw Error("it holds no tensor");
  if (wanted.empty() && names.size() == 1) return 0;
  const auto found = std::find(names.begin(), names.end(), wanted);
  if (found != names.end() && !wanted.empty()) {
    return static_cast<std::size_t>(found - names.begin());
  }
  constexpr std::size_t kMostTold = 20;  // a model has thousands
  std::string known;
  for (std::size_t i = 0; i < std::min(names.size(), kMostTold); ++i) {
    known += (known.empty() ? "" : ", ") + names[i];
  }
  if (names.size() > kMostTold) {
    known += " and " + std::to_string(names.size() - kMostTold) + " others";
  }
  if (wanted.empty()) throw Error("it holds several; `tensor` chooses of " + known);
  throw Error("it holds no tensor '" + wanted + "'; it has " + known);
}

Image image_without_samples(const TensorView& tensor, const DecodeOptions& options) {
  const auto& shape = tensor.shape;
  const auto impossible = [](std::size_t side) { return side < 1 || side > kMaxSide; };
  if (shape.size() < 2 || shape.size() > 5 || std::any_of(shape.begin(), shape.end(), impossible)) {
    throw Error("its shape is " + shape_text(shape) + kExpected);
  }
  (void)elements_of(shape);
  Image image;
  image.annotations.layout = layout_of(shape, options);
  Sides sides;
  for_each_side<Sides>(shape.size(), image.annotations.layout,
                       [&](auto side, std::size_t at) { sides.*side = shape[at]; });
  image.width = static_cast<int>(sides.width);
  image.height = static_cast<int>(sides.height);
  image.channels = static_cast<int>(sides.channels);
  image.frames = static_cast<int>(sides.frames);
  image.items = static_cast<int>(sides.items);
  image.annotations.dimensions = static_cast<int>(shape.size());
  image.annotations.dtype = dtype_of(tensor.element);
  image.annotations.integers = is_integer(tensor.element);
  check_size(sides.width, sides.height, options);
  return image;
}

void set_samples_of(Image& image, const TensorView& tensor) {
  if (needs_doubles(tensor.element)) {
    image.planes = planes_of<double>(tensor, image);
  } else {
    image.planes = planes_of<float>(tensor, image);
  }
}

Image image_of(const TensorView& tensor, const DecodeOptions& options) {
  Image image = image_without_samples(tensor, options);
  options.reserve({.samples = image.samples(), .depth = needs_doubles(tensor.element) ? 64 : 32});
  set_samples_of(image, tensor);
  return image;
}

std::vector<std::size_t> shape_of(const Image& image, Layout layout) {
  // A shape that has no place for what there is grows.
  int dimensions = image.annotations.dimensions;
  if (image.channels > 1 || layout == Layout::hwc) dimensions = std::max(dimensions, 3);
  if (image.items > 1) dimensions = std::max(dimensions, 4);
  if (image.frames > 1) dimensions = 5;
  const Sides sides{static_cast<std::size_t>(image.items), static_cast<std::size_t>(image.channels),
                    static_cast<std::size_t>(image.frames), static_cast<std::size_t>(image.height),
                    static_cast<std::size_t>(image.width)};
  std::vector<std::size_t> shape;
  for_each_side<Sides>(static_cast<std::size_t>(dimensions), layout,
                       [&](auto side, std::size_t) { shape.push_back(sides.*side); });
  return shape;
}

Dtype dtype_of(const Image& image, const EncodeOptions& options) {
  if (options.dtype) return *options.dtype;
  const bool doubles = image.depth() == 64;
  const Dtype own = image.annotations.dtype;
  return doubles ? Dtype::float64 : own == Dtype::float64 ? Dtype::float32 : own;
}

std::size_t bytes_of(Dtype dtype) {
  return dtype == Dtype::float64 ? 8 : dtype == Dtype::float32 ? 4 : 2;
}

void write_samples(const Image& image, Layout layout, Dtype dtype, const Sink& sink) {
  Pieces pieces(sink);
  std::visit(
      [&]<class T>(const Planes<T>& planes) {
        if constexpr (std::is_floating_point_v<T>) {
          const auto write = [&](const auto& convert) {
            in_order(image, layout, [&](std::size_t i) { pieces.put(convert(planes.colour[i])); });
          };
          switch (dtype) {
            case Dtype::float16: write([](T v) { return half_of(static_cast<double>(v)); }); break;
            case Dtype::bfloat16: write([](T v) { return brain_of(v); }); break;
            case Dtype::float32: write([](T v) { return static_cast<float>(v); }); break;
            case Dtype::float64: write([](T v) { return static_cast<double>(v); }); break;
          }
        }
      },
      image.planes);
  pieces.flush();
}

}  // namespace qsample
