// JPEG through libjpeg-turbo. What the library merely warns of, a truncated file above all, is an
// error here, unless damage is allowed: it would fill the rest of the image with grey.

#include <algorithm>
#include <cmath>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

// jpeglib.h needs size_t and FILE declared before it.
#include <jpeglib.h>

#include "formats/jpeg_markers.h"
#include "image/codec.h"
#include "image/exif.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::string_view kExtensions[] = {".jpg", ".jpeg"};
constexpr int kDepths[] = {8};
constexpr int kQuality = 95;
constexpr double kPerInch = 1 / 0.0254;  // units of density, in pixels per metre
constexpr double kPerCentimetre = 100;
// A block of 8x8 samples takes a bit or more of a Huffman code, so no whole file has more pixels
// than this for each of its bytes.
constexpr std::size_t kMostPixelsPerByte = 2048;
// Arithmetic code has no such bound; beyond this many pixels it is held to it all the same.
constexpr std::size_t kMostArithmetic = std::size_t{1} << 22;
// Each scan of a progressive file goes over the whole image: encoders make a dozen.
constexpr int kMostScans = 100;

bool sniff(Bytes head) { return has_text(head, 0, "\xFF\xD8\xFF"); }

// libjpeg reports by calling back; the message is kept and the call left by longjmp, so no object
// with a destructor may live in a function that calls the library.
struct Failure {
  jpeg_error_mgr manager;
  jpeg_progress_mgr progress;
  std::jmp_buf leave;
  bool allow_damaged;
  bool damaged;
  bool in_profile;       // what is wrong is so with the profile alone
  bool profile_damaged;  // and something is
  char message[JMSG_LENGTH_MAX];
};

[[noreturn]] void leave_with_message(j_common_ptr info) {
  auto* failure = reinterpret_cast<Failure*>(info->err);
  info->err->format_message(info, failure->message);
  std::longjmp(failure->leave, 1);
}

void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;  // no warning but a trace
  auto* failure = reinterpret_cast<Failure*>(info->err);
  if (failure->in_profile) {
    failure->profile_damaged = true;
    return;
  }
  if (!failure->damaged) info->err->format_message(info, failure->message);
  failure->damaged = true;
  if (!failure->allow_damaged) std::longjmp(failure->leave, 1);
}

void check_scans(j_common_ptr info) {
  if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number <= kMostScans) return;
  auto* failure = reinterpret_cast<Failure*>(info->err);
  std::snprintf(failure->message, sizeof failure->message, "it has more than %d scans", kMostScans);
  std::longjmp(failure->leave, 1);
}

void install(Failure& failure, jpeg_error_mgr*& slot) {
  slot = jpeg_std_error(&failure.manager);
  failure.manager.error_exit = leave_with_message;
  failure.manager.emit_message = on_message;
}

using Pixels = Planes<std::uint8_t>;

// Before there is memory for the image.
void check_markers(const jpeg_decompress_struct& jpeg, Bytes file, const DecodeOptions& options) {
  const JpegMarkers markers = find_jpeg_markers(file);
  if (markers.scans > kMostScans) {
    throw Error("it has " + std::to_string(markers.scans) + " scans, more than " +
                std::to_string(kMostScans));
  }
  const std::size_t pixels = std::size_t{jpeg.image_width} * std::size_t{jpeg.image_height};
  const bool free = jpeg.arith_code != FALSE && pixels <= kMostArithmetic;
  const bool may_be_whole = markers.end && (free || pixels / kMostPixelsPerByte <= file.size());
  if (!may_be_whole) (void)tolerated("it is truncated", options);
}

// What libjpeg makes of the colours of a file.
J_COLOR_SPACE decoded_colours(const jpeg_decompress_struct& jpeg) {
  switch (jpeg.jpeg_color_space) {
    case JCS_GRAYSCALE: return JCS_GRAYSCALE;
    case JCS_CMYK:
    case JCS_YCCK: return JCS_CMYK;
    default: return JCS_RGB;
  }
}

std::size_t channels_of(J_COLOR_SPACE colours) {
  return colours == JCS_GRAYSCALE ? 1 : colours == JCS_CMYK ? 4 : 3;
}

// A file of several scans is held as coefficients, 64 of 2 bytes for each block, until it ends.
Footprint footprint(const jpeg_decompress_struct& jpeg, int orientation) {
  constexpr std::size_t kBlock = 64 * sizeof(JCOEF);
  const std::size_t pixels = std::size_t{jpeg.image_width} * std::size_t{jpeg.image_height};
  Footprint image{.samples = pixels * channels_of(decoded_colours(jpeg)),
                  .orientation = orientation};
  if (jpeg_has_multiple_scans(const_cast<j_decompress_ptr>(&jpeg)) == FALSE) return image;
  for (int i = 0; i < jpeg.num_components; ++i) {
    const jpeg_component_info& component = jpeg.comp_info[i];
    const auto sampling = static_cast<std::size_t>(component.h_samp_factor) +
                          static_cast<std::size_t>(component.v_samp_factor);
    image.working +=
        (component.width_in_blocks + sampling) * (component.height_in_blocks + sampling) * kBlock;
  }
  return image;
}

void read_annotations(jpeg_decompress_struct& jpeg, Failure& failure, Annotations& annotations) {
  JOCTET* icc = nullptr;
  unsigned size = 0;
  failure.in_profile = true;
  const bool has_profile = jpeg_read_icc_profile(&jpeg, &icc, &size) != FALSE;
  failure.in_profile = false;
  if (has_profile) {
    const auto* first = reinterpret_cast<const std::byte*>(icc);
    annotations.icc.assign(first, first + size);
    std::free(icc);
  }
  if (jpeg.saw_JFIF_marker != FALSE && jpeg.density_unit != 0 && jpeg.X_density > 0 &&
      jpeg.Y_density > 0) {
    const double factor = jpeg.density_unit == 1 ? kPerInch : kPerCentimetre;
    annotations.resolution = {static_cast<std::uint32_t>(std::lround(jpeg.X_density * factor)),
                              static_cast<std::uint32_t>(std::lround(jpeg.Y_density * factor))};
  }
}

bool decode_into(jpeg_decompress_struct& jpeg, Failure& failure, Bytes file,
                 const DecodeOptions& options, Decoded& out, Pixels& pixels) {
  if (setjmp(failure.leave) != 0) return false;
  jpeg_create_decompress(&jpeg);
  jpeg.progress = &failure.progress;
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(file.data()), file.size());
  jpeg_save_markers(&jpeg, JPEG_APP0 + 1, 0xFFFF);  // EXIF
  jpeg_save_markers(&jpeg, JPEG_APP0 + 2, 0xFFFF);  // ICC
  jpeg_read_header(&jpeg, TRUE);
  for (auto* marker = jpeg.marker_list; marker != nullptr; marker = marker->next) {
    const Bytes data(reinterpret_cast<const std::byte*>(marker->data), marker->data_length);
    if (has_text(data, 0, "Exif")) {
      out.orientation = exif_orientation(data).value_or(1);
      break;
    }
  }
  out.is_cmyk = jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK;
  if (out.is_cmyk) check_may_be_cmyk(options);
  check_size(jpeg.image_width, jpeg.image_height, options);
  check_markers(jpeg, file, options);
  options.reserve(footprint(jpeg, out.orientation));
  read_annotations(jpeg, failure, out.image.annotations);
  jpeg.out_color_space = decoded_colours(jpeg);
  jpeg_start_decompress(&jpeg);
  out.image.width = static_cast<int>(jpeg.output_width);
  out.image.height = static_cast<int>(jpeg.output_height);
  out.image.channels = jpeg.output_components;
  const std::size_t stride = out.image.samples() / jpeg.output_height;
  pixels.colour.reserve(out.image.samples());
  while (jpeg.output_scanline < jpeg.output_height) {
    // Row by row, so that a file that ends early has not taken the memory of the whole.
    pixels.colour.resize((jpeg.output_scanline + std::size_t{1}) * stride);
    JSAMPROW row = pixels.colour.data() + jpeg.output_scanline * stride;
    jpeg_read_scanlines(&jpeg, &row, 1);
    // Stored is what the inks let through, as Adobe began it; all take it so, with its marker or
    // without.
    if (out.is_cmyk) {
      std::transform(row, row + stride, row, [](JSAMPLE v) { return JSAMPLE(MAXJSAMPLE - v); });
    }
    options.run.tell({"rows read", jpeg.output_scanline, jpeg.output_height});
  }
  jpeg_finish_decompress(&jpeg);
  return true;
}

Decoded decode(Bytes file, const DecodeOptions& options) {
  check_frame(1, options);
  jpeg_decompress_struct jpeg{};
  Failure failure{};
  failure.allow_damaged = options.allow_damaged;
  install(failure, jpeg.err);
  failure.progress.progress_monitor = check_scans;
  const std::unique_ptr<jpeg_decompress_struct, decltype(&jpeg_destroy_decompress)> owner(
      &jpeg, jpeg_destroy_decompress);
  Decoded out;
  Pixels pixels;
  const bool good = decode_into(jpeg, failure, file, options, out, pixels);
  if (failure.damaged) out.image.damage = tolerated(failure.message, options);
  if (!good) throw Error(failure.message);
  if (failure.profile_damaged) options.warn(kDamagedProfile);
  out.image.planes = std::move(pixels);
  return out;
}

// A scan may hold anything; but beyond so much for each pixel it is not an image any more.
std::optional<std::size_t> extent(Bytes begin, const DecodeOptions& /*options*/) {
  constexpr std::size_t kMostBytesPerPixel = 64;
  constexpr std::size_t kMostBesides = std::size_t{1} << 26;
  const JpegMarkers markers = find_jpeg_markers(begin);
  if (!markers.end && begin.size() > kMostBesides + kMostBytesPerPixel * markers.pixels)
    throw Error("it is much longer than its pixels explain");
  return markers.end;
}

bool encode_into(jpeg_compress_struct& jpeg, Failure& failure, const Image& image,
                 const Pixels& pixels, unsigned char*& bytes, unsigned long& size) {
  if (setjmp(failure.leave) != 0) return false;
  jpeg_create_compress(&jpeg);
  jpeg_mem_dest(&jpeg, &bytes, &size);
  jpeg.image_width = static_cast<JDIMENSION>(image.width);
  jpeg.image_height = static_cast<JDIMENSION>(image.height);
  jpeg.input_components = image.channels;
  jpeg.in_color_space = image.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, kQuality, TRUE);
  const Annotations& notes = image.annotations;
  constexpr std::uint32_t kMost = 0xFFFF * static_cast<std::uint32_t>(kPerCentimetre);
  if (notes.resolution && std::max(notes.resolution->x, notes.resolution->y) < kMost) {
    const auto density = [](std::uint32_t per_metre) {
      return static_cast<UINT16>(std::lround(per_metre / kPerInch));
    };
    jpeg.density_unit = 1;
    jpeg.X_density = density(notes.resolution->x);
    jpeg.Y_density = density(notes.resolution->y);
  }
  jpeg_start_compress(&jpeg, TRUE);
  if (!notes.icc.empty()) {
    jpeg_write_icc_profile(&jpeg, reinterpret_cast<const JOCTET*>(notes.icc.data()),
                           static_cast<unsigned>(notes.icc.size()));
  }
  const std::size_t stride = image.samples() / static_cast<std::size_t>(image.height);
  while (jpeg.next_scanline < jpeg.image_height) {
    // The library takes rows that it does not change by a pointer to non-const.
    auto* row = const_cast<JSAMPROW>(pixels.colour.data() + jpeg.next_scanline * stride);
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  return true;
}

void encode(const Image& image, const EncodeOptions& /*options*/, const Sink& sink) {
  jpeg_compress_struct jpeg{};
  Failure failure{};
  install(failure, jpeg.err);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  const bool good = encode_into(jpeg, failure, image, std::get<Pixels>(image.planes), bytes, size);
  jpeg_destroy_compress(&jpeg);
  const std::unique_ptr<unsigned char, decltype(&std::free)> owner(bytes, std::free);
  if (!good) throw Error(failure.message);
  sink(std::as_bytes(std::span(bytes, size)));
}

}  // namespace

constinit const Codec kJpeg = {.name = "JPEG",
                               .extensions = kExtensions,
                               .depths = kDepths,
                               .lossy = true,
                               .encode_copies = 1,
                               .sniff = sniff,
                               .extent = extent,
                               .decode = decode,
                               .encode = encode};

}  // namespace qsample
