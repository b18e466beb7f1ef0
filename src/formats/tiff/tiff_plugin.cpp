// The plug-in for TIFF: libtiff.

#include <array>
#include <cstdint>

#include "formats/tiff/tiff_file.h"
#include "formats/tiff/tiff_reader.h"
#include "image/plugin.h"
#include "qsample/error.h"

namespace qsample::plugin {
namespace {

// From here on offsets need BigTIFF; a margin for all but the samples.
constexpr std::size_t kMaxClassic = (std::size_t{1} << 32) - (std::size_t{1} << 22);

template <class T>
void write_samples(TIFF* tiff, Memory& memory, const Image& image, const Planes<T>& planes) {
  const auto width = static_cast<std::size_t>(image.width);
  const auto channels = static_cast<std::size_t>(image.channels);
  std::vector<T> row;
  for (std::size_t y = 0; y < static_cast<std::size_t>(image.height); ++y) {
    row.clear();
    for (std::size_t i = y * width; i < (y + 1) * width; ++i) {
      for (std::size_t c = 0; c < channels; ++c) row.push_back(planes.colour[i * channels + c]);
      if (!planes.alpha.empty()) row.push_back(planes.alpha[i]);
    }
    check(memory, TIFFWriteScanline(tiff, row.data(), static_cast<std::uint32_t>(y)) == 1);
  }
}

void encode(const Image& image, const EncodeOptions& /*options*/, const Sink& sink) {
  std::vector<std::byte> file;
  Memory memory{.written = &file};
  const bool alpha = image.has_alpha();
  const int samples = image.channels + (alpha ? 1 : 0);
  const std::size_t size = image.pixels() * static_cast<std::size_t>(samples * image.depth() / 8);
  // Room at once, of which only what is written becomes memory: growing would take three times it.
  file.reserve(size + size / 16 + (std::size_t{1} << 22));
  {
    const Tiff tiff = open(memory, size > kMaxClassic ? "w8" : "w");
    const auto set = [&](std::uint32_t tag, auto... values) {
      check(memory, TIFFSetField(tiff.get(), tag, values...) != 0);
    };
    set(TIFFTAG_IMAGEWIDTH, image.width);
    set(TIFFTAG_IMAGELENGTH, image.height);
    set(TIFFTAG_SAMPLESPERPIXEL, samples);
    set(TIFFTAG_BITSPERSAMPLE, image.depth());
    set(TIFFTAG_SAMPLEFORMAT, image.depth() == 32 ? SAMPLEFORMAT_IEEEFP : SAMPLEFORMAT_UINT);
    set(TIFFTAG_PHOTOMETRIC, image.channels == 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK);
    set(TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    if (alpha) {
      const std::array<std::uint16_t, 1> kinds = {EXTRASAMPLE_UNASSALPHA};
      set(TIFFTAG_EXTRASAMPLES, 1, kinds.data());
    }
    // Deflate, which carries a checksum, at its quickest: in noise there is nothing to find.
    set(TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
    set(TIFFTAG_ZIPQUALITY, 1);
    set(TIFFTAG_PREDICTOR, image.depth() == 32 ? PREDICTOR_FLOATINGPOINT : PREDICTOR_HORIZONTAL);
    set(TIFFTAG_ROWSPERSTRIP, TIFFDefaultStripSize(tiff.get(), 0));
    const Annotations& notes = image.annotations;
    if (!notes.icc.empty()) {
      set(TIFFTAG_ICCPROFILE, static_cast<std::uint32_t>(notes.icc.size()), notes.icc.data());
    }
    if (notes.resolution) {
      set(TIFFTAG_RESOLUTIONUNIT, RESUNIT_CENTIMETER);
      set(TIFFTAG_XRESOLUTION, notes.resolution->x / 100.0);
      set(TIFFTAG_YRESOLUTION, notes.resolution->y / 100.0);
    }
    std::visit([&](const auto& planes) { write_samples(tiff.get(), memory, image, planes); },
               image.planes);
    check(memory, TIFFFlush(tiff.get()) != 0);
  }
  check(memory, true);
  sink(file);
}

constexpr Plugin kPlugin = {read_tiff, encode};

}  // namespace
}  // namespace qsample::plugin

extern "C" const void* qsample_plugin() { return &qsample::plugin::kPlugin; }
