// JPEG through libjpeg-turbo. What the library merely warns of, a truncated file above all, is an
// error here: it would fill the rest of the image with grey.

#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>

// jpeglib.h needs size_t and FILE declared before it.
#include <jpeglib.h>

#include "io/codec.h"
#include "io/exif.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::string_view kExtensions[] = {".jpg", ".jpeg"};
constexpr int kDepths[] = {8};
constexpr int kQuality = 95;

bool sniff(Bytes head) { return has_text(head, 0, "\xFF\xD8\xFF"); }

// libjpeg reports by calling back; the message is kept and the call left by longjmp, so no object
// with a destructor may live in a function that calls the library.
struct Failure {
  jpeg_error_mgr manager;
  std::jmp_buf leave;
  char message[JMSG_LENGTH_MAX];
};

[[noreturn]] void leave_with_message(j_common_ptr info) {
  auto* failure = reinterpret_cast<Failure*>(info->err);
  info->err->format_message(info, failure->message);
  std::longjmp(failure->leave, 1);
}

void on_message(j_common_ptr info, int level) {
  if (level < 0) leave_with_message(info);  // a warning: the data are damaged
}

void install(Failure& failure, jpeg_error_mgr*& slot) {
  slot = jpeg_std_error(&failure.manager);
  failure.manager.error_exit = leave_with_message;
  failure.manager.emit_message = on_message;
}

using Pixels = Planes<std::uint8_t>;

bool decode_into(jpeg_decompress_struct& jpeg, Failure& failure, Bytes file, Decoded& out,
                 Pixels& pixels) {
  if (setjmp(failure.leave) != 0) return false;
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(file.data()), file.size());
  jpeg_save_markers(&jpeg, JPEG_APP0 + 1, 0xFFFF);
  jpeg_read_header(&jpeg, TRUE);
  for (auto* marker = jpeg.marker_list; marker != nullptr; marker = marker->next) {
    const Bytes data(reinterpret_cast<const std::byte*>(marker->data), marker->data_length);
    if (has_text(data, 0, "Exif")) {
      out.orientation = exif_orientation(data);
      break;
    }
  }
  if (jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK) {
    std::snprintf(failure.message, sizeof failure.message,
                  "its colours are CMYK; convert it to RGB first");
    return false;
  }
  jpeg.out_color_space = jpeg.jpeg_color_space == JCS_GRAYSCALE ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_start_decompress(&jpeg);
  out.image.width = static_cast<int>(jpeg.output_width);
  out.image.height = static_cast<int>(jpeg.output_height);
  out.image.channels = jpeg.output_components;
  pixels.colour.resize(out.image.samples());
  const std::size_t stride = out.image.samples() / jpeg.output_height;
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = pixels.colour.data() + jpeg.output_scanline * stride;
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  return true;
}

Decoded decode(Bytes file) {
  jpeg_decompress_struct jpeg{};
  Failure failure{};
  install(failure, jpeg.err);
  Decoded out;
  Pixels pixels;
  const bool good = decode_into(jpeg, failure, file, out, pixels);
  jpeg_destroy_decompress(&jpeg);
  if (!good) throw Error(failure.message);
  out.image.planes = std::move(pixels);
  return out;
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
  jpeg_start_compress(&jpeg, TRUE);
  const std::size_t stride = image.samples() / static_cast<std::size_t>(image.height);
  while (jpeg.next_scanline < jpeg.image_height) {
    // The library takes rows that it does not change by a pointer to non-const.
    auto* row = const_cast<JSAMPROW>(pixels.colour.data() + jpeg.next_scanline * stride);
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  return true;
}

std::vector<std::byte> encode(const Image& image, const EncodeOptions& /*options*/) {
  jpeg_compress_struct jpeg{};
  Failure failure{};
  install(failure, jpeg.err);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  const bool good = encode_into(jpeg, failure, image, std::get<Pixels>(image.planes), bytes, size);
  jpeg_destroy_compress(&jpeg);
  const std::unique_ptr<unsigned char, decltype(&std::free)> owner(bytes, std::free);
  if (!good) throw Error(failure.message);
  const auto* first = reinterpret_cast<const std::byte*>(bytes);
  return {first, first + size};
}

}  // namespace

constinit const Codec kJpeg = {.name = "JPEG",
                               .extensions = kExtensions,
                               .depths = kDepths,
                               .lossy = true,
                               .sniff = sniff,
                               .decode = decode,
                               .encode = encode};

}  // namespace qsample
