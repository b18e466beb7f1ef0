#include "pipeline/outputs/film/y4m_film.h"

#include <fmt/format.h>

#include <span>
#include <string_view>

#include "pipeline/outputs/film/raw_frame.h"

namespace qsample {

void Y4mFilm::begin(const Image& frame, const std::string& /*record*/) {
  const char* samples = frame.channels == 1 ? "Cmono XCOLORRANGE=FULL" : "C444 XCOLORRANGE=LIMITED";
  const std::string header = fmt::format("YUV4MPEG2 W{} H{} F{}:{} Ip A1:1 {}\n", frame.width,
                                         frame.height, rate_.frames, rate_.seconds, samples);
  file_.write(std::as_bytes(std::span(header)));
}

void Y4mFilm::put(const Image& frame, std::size_t times) {
  constexpr std::string_view kFrame = "FRAME\n";
  if (frame.channels == 1) {
    put_grey(frame, bytes_);
  } else {
    put_yuv444(frame, kBt601, bytes_);
  }
  for (std::size_t i = 0; i < times; ++i) {
    file_.write(std::as_bytes(std::span(kFrame)));
    file_.write(bytes_);
  }
}

}  // namespace qsample
