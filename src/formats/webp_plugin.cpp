// The plug-in for WebP: libwebp, with its parts for animations and for colour profiles.

#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include <cstdint>
#include <memory>
#include <span>

#include "image/plugin.h"
#include "qsample/error.h"

namespace qsample::plugin {
namespace {

const std::uint8_t* data_of(Bytes bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

// An image of RGB samples, or of RGBA ones, whose alpha counts only where there is `alpha`.
Image image_of(std::span<const std::uint8_t> samples, std::size_t channels, int width, int height,
               bool alpha) {
  Image image{width, height, 3, {}};
  Planes<std::uint8_t> planes;
  if (channels == 3) {
    planes.colour.assign(samples.begin(), samples.end());
  } else {
    planes.colour.reserve(image.samples());
    if (alpha) planes.alpha.reserve(image.pixels());
    for (std::size_t i = 0; i < samples.size(); i += 4) {
      planes.colour.insert(planes.colour.end(), &samples[i], &samples[i] + 3);
      if (alpha) planes.alpha.push_back(samples[i + 3]);
    }
  }
  image.planes = std::move(planes);
  return image;
}

struct Samples {
  std::unique_ptr<std::uint8_t[]> data;
  std::size_t size;
};

// The samples of a single image, RGB or RGBA. The memory is not filled beforehand: of a damaged
// file, however large it claims to be, little is decoded.
Samples decode_samples(const std::uint8_t* data, std::size_t size, int width, int height,
                       bool alpha) {
  const std::size_t stride = static_cast<std::size_t>(width) * (alpha ? 4 : 3);
  Samples samples{nullptr, stride * static_cast<std::size_t>(height)};
  samples.data = std::make_unique_for_overwrite<std::uint8_t[]>(samples.size);
  auto* const decoder = alpha ? WebPDecodeRGBAInto : WebPDecodeRGBInto;
  if (decoder(data, size, samples.data.get(), samples.size, static_cast<int>(stride)) == nullptr)
    throw Error("it is damaged");
  return samples;
}

using Demuxer = std::unique_ptr<WebPDemuxer, decltype(&WebPDemuxDelete)>;

Demuxer demuxer_of(Bytes file) {
  const WebPData data{data_of(file), file.size()};
  Demuxer demuxer(WebPDemux(&data), WebPDemuxDelete);
  if (!demuxer) throw Error("its animation is damaged");
  return demuxer;
}

// The canvas of an animation is filled before a frame is decoded, and so, where it is large, each
// frame is first decoded alone: a few bytes that claim a large canvas are refused cheaply.
void check_frames(const WebPDemuxer& demuxer, int wanted, std::size_t canvas) {
  constexpr std::size_t kSmallCanvas = std::size_t{1} << 21;
  if (canvas <= kSmallCanvas) return;
  WebPIterator frame{};
  const std::unique_ptr<WebPIterator, decltype(&WebPDemuxReleaseIterator)> owner(
      &frame, WebPDemuxReleaseIterator);
  for (int i = 1; i <= wanted; ++i) {
    if (WebPDemuxGetFrame(&demuxer, i, &frame) == 0 || frame.complete == 0)
      throw Error("its animation is damaged");
    (void)decode_samples(frame.fragment.bytes, frame.fragment.size, frame.width, frame.height,
                         true);
  }
}

// A frame of an animation, with those before it that it is drawn upon.
Image decode_frame(Bytes file, int wanted, bool alpha) {
  const WebPData data{data_of(file), file.size()};
  WebPAnimDecoderOptions options;
  if (WebPAnimDecoderOptionsInit(&options) == 0) throw Error("libwebp is of another version");
  options.color_mode = MODE_RGBA;
  options.use_threads = 0;
  const std::unique_ptr<WebPAnimDecoder, decltype(&WebPAnimDecoderDelete)> decoder(
      WebPAnimDecoderNew(&data, &options), WebPAnimDecoderDelete);
  WebPAnimInfo info;
  if (!decoder || WebPAnimDecoderGetInfo(decoder.get(), &info) == 0)
    throw Error("its animation is damaged");
  std::uint8_t* canvas = nullptr;
  int time = 0;
  for (int i = 0; i < wanted; ++i) {
    if (WebPAnimDecoderGetNext(decoder.get(), &canvas, &time) == 0)
      throw Error("its animation is damaged");
  }
  const std::size_t size =
      std::size_t{info.canvas_width} * std::size_t{info.canvas_height} * std::size_t{4};
  return image_of({canvas, size}, 4, static_cast<int>(info.canvas_width),
                  static_cast<int>(info.canvas_height), alpha);
}

Decoded decode(Bytes file, const DecodeOptions& options) {
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(data_of(file), file.size(), &features) != VP8_STATUS_OK)
    throw Error("it is damaged");
  const auto width = static_cast<std::size_t>(features.width);
  const auto height = static_cast<std::size_t>(features.height);
  check_size(width, height, options);
  const std::size_t pixels = width * height;
  const bool alpha = features.has_alpha != 0;
  Footprint image{.samples = pixels * (alpha ? 4 : 3)};
  if (features.has_animation == 0) {
    check_frame(1, options);
    // Interleaved samples, and while they are decoded, 4 bytes a pixel of the library's.
    image.working = 4 * pixels;
    options.reserve(image);
    const Samples samples =
        decode_samples(data_of(file), file.size(), features.width, features.height, alpha);
    return {image_of({samples.data.get(), samples.size}, alpha ? 4 : 3, features.width,
                     features.height, alpha)};
  }
  const Demuxer demuxer = demuxer_of(file);
  check_frame(static_cast<int>(WebPDemuxGetI(demuxer.get(), WEBP_FF_FRAME_COUNT)), options);
  // Two canvases, and a frame as it is decoded.
  image.working = 12 * pixels;
  options.reserve(image);
  const int wanted = std::max(options.frame, 1);
  check_frames(*demuxer, wanted, pixels);
  return {decode_frame(file, wanted, alpha)};
}

using Memory = std::unique_ptr<WebPMemoryWriter, decltype(&WebPMemoryWriterClear)>;

// `webp` with a colour profile.
void put_with_profile(const WebPMemoryWriter& webp, Bytes icc, const Sink& sink) {
  const std::unique_ptr<WebPMux, decltype(&WebPMuxDelete)> mux(WebPMuxNew(), WebPMuxDelete);
  const WebPData image{webp.mem, webp.size};
  const WebPData profile{data_of(icc), icc.size()};
  WebPData whole{};
  if (!mux || WebPMuxSetImage(mux.get(), &image, 0) != WEBP_MUX_OK ||
      WebPMuxSetChunk(mux.get(), "ICCP", &profile, 0) != WEBP_MUX_OK ||
      WebPMuxAssemble(mux.get(), &whole) != WEBP_MUX_OK) {
    throw Error("libwebp can't add its colour profile");
  }
  const std::unique_ptr<WebPData, decltype(&WebPDataClear)> owner(&whole, WebPDataClear);
  sink(std::as_bytes(std::span(whole.bytes, whole.size)));
}

void encode(const Image& image, const EncodeOptions& /*options*/, const Sink& sink) {
  WebPConfig config;
  WebPPicture picture;
  // Level 0: in noise there is nothing to find. Exact: colours stay under full transparency too.
  if (WebPConfigInit(&config) == 0 || WebPConfigLosslessPreset(&config, 0) == 0 ||
      WebPPictureInit(&picture) == 0) {
    throw Error("libwebp is of another version");
  }
  config.exact = 1;
  const std::unique_ptr<WebPPicture, decltype(&WebPPictureFree)> owner(&picture, WebPPictureFree);
  picture.use_argb = 1;
  picture.width = image.width;
  picture.height = image.height;
  const auto& planes = std::get<Planes<std::uint8_t>>(image.planes);
  if (WebPPictureAlloc(&picture) == 0) throw Error("not enough memory");
  const auto channels = static_cast<std::size_t>(image.channels);
  std::size_t i = 0;
  for (int y = 0; y < image.height; ++y) {
    std::uint32_t* to = picture.argb + static_cast<std::ptrdiff_t>(y) * picture.argb_stride;
    for (int x = 0; x < image.width; ++x, ++i) {
      const std::uint8_t* c = planes.colour.data() + i * channels;
      const std::uint32_t alpha = planes.alpha.empty() ? 255U : planes.alpha[i];
      to[x] = alpha << 24 | static_cast<std::uint32_t>(c[0]) << 16 |
              static_cast<std::uint32_t>(c[channels / 2]) << 8 | c[channels - 1];
    }
  }
  WebPMemoryWriter memory;
  WebPMemoryWriterInit(&memory);
  const Memory memory_owner(&memory, WebPMemoryWriterClear);
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &memory;
  if (WebPEncode(&config, &picture) == 0) throw Error("libwebp can't encode it");
  const auto& icc = image.annotations.icc;
  // WebP holds colours only, so the profile of a grey image does not fit.
  if (!icc.empty() && image.channels == 3) return put_with_profile(memory, icc, sink);
  sink(std::as_bytes(std::span(memory.mem, memory.size)));
}

constexpr Plugin kPlugin = {decode, encode};

}  // namespace
}  // namespace qsample::plugin

extern "C" const void* qsample_plugin() { return &qsample::plugin::kPlugin; }
