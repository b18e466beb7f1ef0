// The module that reads CMYK profiles by Little CMS: its types stop in this file.

#include "image/cmyk/cmyk_module.h"

#include <lcms2.h>

#include <string>

namespace qsample {
namespace {

using Profile = std::unique_ptr<void, decltype(&cmsCloseProfile)>;
using Context = std::unique_ptr<_cmsContext_struct, decltype(&cmsDeleteContext)>;

class LittleCmsTransform final : public CmykTransform {
 public:
  LittleCmsTransform(Context context, cmsHTRANSFORM transform)
      : context_(std::move(context)), transform_(transform) {}
  LittleCmsTransform(const LittleCmsTransform&) = delete;
  LittleCmsTransform& operator=(const LittleCmsTransform&) = delete;
  ~LittleCmsTransform() override { cmsDeleteTransform(transform_); }

  void run(const void* cmyk, void* rgb, std::size_t pixels) const override {
    cmsDoTransform(transform_, cmyk, rgb, static_cast<cmsUInt32Number>(pixels));
  }

 private:
  Context context_;
  cmsHTRANSFORM transform_;
};

std::unique_ptr<CmykTransform> open(Bytes profile, int depth) {
  Context context(cmsCreateContext(nullptr, nullptr), cmsDeleteContext);
  const Profile from(cmsOpenProfileFromMemTHR(context.get(), profile.data(),
                                              static_cast<cmsUInt32Number>(profile.size())),
                     cmsCloseProfile);
  if (!from || cmsGetColorSpace(from.get()) != cmsSigCmykData) return nullptr;
  const Profile to(cmsCreate_sRGBProfileTHR(context.get()), cmsCloseProfile);
  const bool bytes = depth == 8;
  cmsHTRANSFORM transform =
      cmsCreateTransformTHR(context.get(), from.get(), bytes ? TYPE_CMYK_8 : TYPE_CMYK_16, to.get(),
                            bytes ? TYPE_RGB_8 : TYPE_RGB_16, INTENT_PERCEPTUAL, 0);
  if (transform == nullptr) return nullptr;
  return std::make_unique<LittleCmsTransform>(std::move(context), transform);
}

std::string version() {
  const int number = cmsGetEncodedCMMversion();  // 2140
  return "Little CMS " + std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10);
}

}  // namespace
}  // namespace qsample

extern "C" const void* qsample_plugin() {
  static const std::string version = qsample::version();
  static const qsample::CmykModule module = {qsample::open, version.c_str()};
  return &module;
}
