#include "image/cmyk/cmyk.h"

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>

#include "image/cmyk/cmyk_module.h"
#include "image/plugin.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr plugin::Module kModule = {"cmyk", "Little CMS (Debian: liblcms2-dev)",
                                    "a colour profile of CMYK"};
constexpr std::size_t kInks = 4;
constexpr std::size_t kColours = 3;
// Pixels that are converted at once.
constexpr std::size_t kPiece = std::size_t{1} << 12;

template <class T>
void convert_plainly(const T* cmyk, T* rgb, std::size_t pixels) {
  constexpr std::uint64_t kMost = std::numeric_limits<T>::max();
  for (std::size_t i = 0; i < pixels; ++i, cmyk += kInks) {
    for (std::size_t c = 0; c < kColours; ++c) {
      const std::uint64_t light = (kMost - cmyk[c]) * (kMost - cmyk[kInks - 1]);
      *rgb++ = static_cast<T>((light + kMost / 2) / kMost);
    }
  }
}

// In place: the colours of a pixel come to stand before its inks, or at their place.
template <class T>
void convert(std::vector<T>& samples, const CmykTransform* transform,
             const DecodeOptions& options) {
  std::array<T, kColours * kPiece> rgb;
  const std::size_t pixels = samples.size() / kInks;
  for (std::size_t done = 0; done < pixels; done += kPiece) {
    throw_if(options.run.stop);
    const std::size_t count = std::min(kPiece, pixels - done);
    const T* cmyk = &samples[kInks * done];
    if (transform != nullptr) {
      transform->run(cmyk, rgb.data(), count);
    } else {
      convert_plainly(cmyk, rgb.data(), count);
    }
    std::copy_n(rgb.begin(), kColours * count,
                samples.begin() + static_cast<std::ptrdiff_t>(kColours * done));
  }
  samples.resize(kColours * pixels);
}

}  // namespace

void convert_cmyk(Image& image, const DecodeOptions& options) {
  const auto profile = std::exchange(image.annotations.icc, {});
  std::unique_ptr<CmykTransform> transform;
  if (!profile.empty()) {
    const auto& module = plugin::load<CmykModule>(kModule);
    transform = module.open(profile, image.depth());
    if (transform) image.reader = module.version;
  }
  if (!transform) {
    options.warn(std::string(profile.empty() ? "its CMYK has no colour profile"
                                             : "its colour profile is damaged, or not for CMYK") +
                 "; its red is taken as (1 - C)(1 - K), its green and blue likewise");
  }
  std::visit(
      [&]<class T>(Planes<T>& planes) {
        if constexpr (std::is_integral_v<T>) convert(planes.colour, transform.get(), options);
      },
      image.planes);
  image.channels = static_cast<int>(kColours);
}

}  // namespace qsample
