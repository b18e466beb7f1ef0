// Image: decoded pixels in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace qsample {

/// Samples of one depth. The alpha channel lies apart from the colours: it is never noised, and the
/// noise counts colour samples only.
template <class T>
struct Planes {
  std::vector<T> colour;  ///< interleaved rows, height * width * channels samples, RGB order
  std::vector<T> alpha;   ///< height * width samples, or empty where the image has no alpha
};

/// The order of a tensor's dimensions.
enum class Layout { chw, hwc };

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

/// What a file says of its image besides the pixels; it goes from the input to the output where
/// both formats can say it.
struct Annotations {
  std::vector<std::byte> icc = {};  ///< ICC profile, or empty
  std::optional<Resolution> resolution = {};
  Layout layout = Layout::chw;           ///< of a tensor
  std::vector<StoredChunk> colour = {};  ///< gAMA, cHRM, sRGB, cICP
  std::vector<StoredChunk> texts = {};   ///< tEXt, zTXt, iTXt
};

/// An image of 8-bit or 16-bit integer samples or of 32-bit floats, upright (EXIF orientation
/// applied). The colours of a float image are x itself; an alpha channel of floats is 0..1.
struct Image {
  int width = 0;
  int height = 0;
  int channels = 0;  ///< colour channels: 1 (grey) or 3 (RGB)
  std::variant<Planes<std::uint8_t>, Planes<std::uint16_t>, Planes<float>> planes;
  Annotations annotations = {};
  std::string damage = {};  ///< what is wrong with the file that it was taken from nevertheless
  int mapped_depth = 0;     ///< bits of the integers that the floats were mapped from, or 0
  std::string reader = {};  ///< whose reader of another project its samples depend on, or empty

  [[nodiscard]] std::size_t pixels() const {
    return static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  }
  [[nodiscard]] std::size_t samples() const {
    return pixels() * static_cast<std::size_t>(channels);
  }
  /// Bits a sample: 8, 16 or 32.
  [[nodiscard]] int depth() const { return 8 << planes.index(); }
  /// Bits a sample that the file has.
  [[nodiscard]] int file_depth() const { return mapped_depth != 0 ? mapped_depth : depth(); }
  [[nodiscard]] bool has_alpha() const {
    return std::visit([](const auto& p) { return !p.alpha.empty(); }, planes);
  }
};

/// Colours and alpha as file formats interleave them: G, GA, RGB or RGBA.
template <class T>
std::vector<T> interleave(const Planes<T>& planes, std::size_t channels) {
  if (planes.alpha.empty()) return planes.colour;
  std::vector<T> out(planes.colour.size() + planes.alpha.size());
  std::size_t to = 0;
  for (std::size_t i = 0; i < planes.alpha.size(); ++i) {
    for (std::size_t c = 0; c < channels; ++c) out[to++] = planes.colour[i * channels + c];
    out[to++] = planes.alpha[i];
  }
  return out;
}

/// The reverse: `samples` holds `channels` colours and one alpha a pixel.
template <class T>
Planes<T> split_alpha(const std::vector<T>& samples, std::size_t channels) {
  const std::size_t pixels = samples.size() / (channels + 1);
  Planes<T> planes;
  planes.colour.resize(pixels * channels);
  planes.alpha.resize(pixels);
  std::size_t from = 0;
  for (std::size_t i = 0; i < pixels; ++i) {
    for (std::size_t c = 0; c < channels; ++c) planes.colour[i * channels + c] = samples[from++];
    planes.alpha[i] = samples[from++];
  }
  return planes;
}

/// Interleaved samples (height, width, channels) as planes one after the other (channels, height,
/// width), the layout of most tensors; and back.
template <class T>
std::vector<T> to_planar(const std::vector<T>& interleaved, std::size_t channels) {
  std::vector<T> planar(interleaved.size());
  const std::size_t pixels = interleaved.size() / channels;
  for (std::size_t i = 0; i < pixels; ++i) {
    for (std::size_t c = 0; c < channels; ++c)
      planar[c * pixels + i] = interleaved[i * channels + c];
  }
  return planar;
}

template <class T>
std::vector<T> from_planar(const std::vector<T>& planar, std::size_t channels) {
  std::vector<T> interleaved(planar.size());
  const std::size_t pixels = planar.size() / channels;
  for (std::size_t i = 0; i < pixels; ++i) {
    for (std::size_t c = 0; c < channels; ++c)
      interleaved[i * channels + c] = planar[c * pixels + i];
  }
  return interleaved;
}

}  // namespace qsample
