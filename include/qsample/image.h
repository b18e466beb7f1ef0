// Image: decoded pixels in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace qsample {

/// Samples of one depth. The alpha channel lies apart from the colours: it is never noised, and the
/// noise counts colour samples only.
template <class T>
struct Planes {
  std::vector<T> colour;  ///< items * frames * height rows of width * channels samples, R first
  std::vector<T> alpha;   ///< height * width samples, or empty where the image has no alpha
};

/// Red, green and blue, 0..255, as a screen has them (sRGB).
struct Colour {
  std::uint8_t red = 0, green = 0, blue = 0;
};

/// The order of a tensor's dimensions.
enum class Layout { chw, hwc };

/// How a tensor's floats are stored.
enum class Dtype { float32, float16, bfloat16, float64 };

inline constexpr Dtype kDtypes[] = {Dtype::float32, Dtype::float16, Dtype::bfloat16,
                                    Dtype::float64};

/// Its name: "float32", ...
[[nodiscard]] constexpr std::string_view dtype_name(Dtype dtype) {
  constexpr std::string_view kNames[] = {"float32", "float16", "bfloat16", "float64"};
  return kNames[static_cast<std::size_t>(dtype)];
}

/// Pixels per metre.
struct Resolution {
  std::uint32_t x = 0;
  std::uint32_t y = 0;
};

/// A chunk of a PNG file that is carried along as it is.
struct StoredChunk {
  std::string type;
  std::vector<std::byte> data;
};

/// The upper left corner of a part of an image.
struct CropPlace {
  int left = 0;
  int top = 0;
};

/// What a file says of its image besides the pixels; it goes from the input to the output where
/// both formats can say it.
struct Annotations {
  std::vector<std::byte> icc = {};  ///< ICC profile, or empty
  std::optional<Resolution> resolution = {};
  Layout layout = Layout::chw;               ///< of a tensor
  int dimensions = 3;                        ///< of a tensor's shape, 2 to 5
  Dtype dtype = Dtype::float32;              ///< of a tensor
  bool integers = false;                     ///< a tensor's samples were integers
  std::optional<CropPlace> cropped_at = {};  ///< of the image after scaling, that this is a part of
  std::vector<StoredChunk> colour = {};      ///< gAMA, cHRM, sRGB, cICP
  std::vector<StoredChunk> texts = {};       ///< tEXt, zTXt, iTXt
};

/// An image of 8-bit or 16-bit integer samples or of floats, of 64 bits where a tensor has them,
/// upright (EXIF orientation applied). The colours of a float image are x itself; an alpha channel
/// of floats is 0..1.
struct Image {
  int width = 0;
  int height = 0;
  int channels = 0;  ///< of colour: 1 (grey), 3 (RGB), or as many as a tensor has
  std::variant<Planes<std::uint8_t>, Planes<std::uint16_t>, Planes<float>, Planes<double>> planes;
  Annotations annotations = {};
  std::string damage = {};  ///< what is wrong with the file that it was taken from nevertheless
  int mapped_depth = 0;     ///< bits of the integers that the floats were mapped from, or 0
  std::string reader = {};  ///< whose reader of another project its samples depend on, or empty
  int frames = 1;           ///< of a video, one below the other
  int items = 1;            ///< of a batch, one after the other; each has noise of its own

  /// Of one frame of one item.
  [[nodiscard]] std::size_t pixels() const {
    return static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  }
  [[nodiscard]] std::size_t samples() const {
    return pixels() * static_cast<std::size_t>(channels) * static_cast<std::size_t>(frames) *
           static_cast<std::size_t>(items);
  }
  /// Bits a sample: 8, 16, 32 or 64.
  [[nodiscard]] int depth() const { return 8 << planes.index(); }
  /// Bits a sample that the file has.
  [[nodiscard]] int file_depth() const { return mapped_depth != 0 ? mapped_depth : depth(); }
  [[nodiscard]] bool has_alpha() const {
    return std::visit([](const auto& p) { return !p.alpha.empty(); }, planes);
  }
};

}  // namespace qsample
