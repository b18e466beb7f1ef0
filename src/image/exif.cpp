#include "image/exif.h"

#include <libexif/exif-data.h>

#include <cstdint>
#include <memory>
#include <utility>

namespace qsample {
namespace {

constexpr std::string_view kHeader{"Exif\0\0", 6};

// Where the sample for (x, y) of an upright image of the given size is stored.
std::size_t stored_at(int x, int y, int width, int height, int orientation) {
  // Orientations 5 to 8 store columns as rows.
  const bool transposed = orientation >= 5;
  const bool flip_x = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
  const bool flip_y = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
  const auto u = static_cast<std::size_t>(flip_x ? width - 1 - x : x);
  const auto v = static_cast<std::size_t>(flip_y ? height - 1 - y : y);
  return transposed ? u * static_cast<std::size_t>(height) + v
                    : v * static_cast<std::size_t>(width) + u;
}

template <class T>
std::vector<T> upright(const std::vector<T>& stored, int width, int height, std::size_t channels,
                       int orientation) {
  std::vector<T> out(stored.size());
  std::size_t to = 0;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const std::size_t from = stored_at(x, y, width, height, orientation) * channels;
      for (std::size_t c = 0; c < channels; ++c) out[to++] = stored[from + c];
    }
  }
  return out;
}

}  // namespace

std::optional<int> exif_orientation(Bytes exif) {
  std::vector<std::byte> block;
  if (!has_text(exif, 0, kHeader)) {
    for (const char c : kHeader) block.push_back(static_cast<std::byte>(c));
  }
  block.insert(block.end(), exif.begin(), exif.end());
  const std::unique_ptr<ExifData, decltype(&exif_data_unref)> data(
      exif_data_new_from_data(reinterpret_cast<const unsigned char*>(block.data()),
                              static_cast<unsigned>(block.size())),
      exif_data_unref);
  if (!data) return std::nullopt;
  const ExifEntry* entry = exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
  if (entry == nullptr || entry->format != EXIF_FORMAT_SHORT || entry->components < 1) {
    return std::nullopt;
  }
  const int value = exif_get_short(entry->data, exif_data_get_byte_order(data.get()));
  if (value < 1 || value > 8) return std::nullopt;
  return value;
}

void make_upright(Image& image, int orientation) {
  if (orientation == 1) return;
  if (orientation >= 5) {
    std::swap(image.width, image.height);
    auto& resolution = image.annotations.resolution;
    if (resolution) std::swap(resolution->x, resolution->y);
  }
  std::visit(
      [&](auto& planes) {
        planes.colour = upright(planes.colour, image.width, image.height,
                                static_cast<std::size_t>(image.channels), orientation);
        if (!planes.alpha.empty()) {
          planes.alpha = upright(planes.alpha, image.width, image.height, 1, orientation);
        }
      },
      image.planes);
}

}  // namespace qsample
