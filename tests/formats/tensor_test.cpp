// Tensors in files, and their halves.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "core/half.h"
#include "files.h"
#include "pictures.h"
#include "qsample/error.h"

namespace qsample {
namespace {

// As the format's description has it: numpy.lib.format, version 1.0.
TEST(Npy, HasTheHeaderThatNumpyWrites) {
  const Image image = picture<float>(4, 2, 3, false);
  for (const Layout layout : {Layout::chw, Layout::hwc}) {
    const auto bytes = encoded(image, kNpy, {.extension = ".npy", .layout = layout});
    const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    EXPECT_EQ(text.substr(0, 8), std::string("\x93NUMPY\x01\0", 8));
    EXPECT_EQ((bytes.size() - image.samples() * 4) % 64, 0U);
    const char* shape = layout == Layout::chw ? "'shape': (3, 2, 4)" : "'shape': (2, 4, 3)";
    EXPECT_NE(text.find(shape), std::string::npos);
    EXPECT_TRUE(same_pixels(decode_image(bytes, "in"), image));
  }
}

std::string npy(const std::string& header, std::size_t samples) {
  std::string text("\x93NUMPY\x01\0", 8);
  text += static_cast<char>(header.size());
  text += '\0';
  return text + header + std::string(samples * 4, '\0');
}

TEST(Npy, SaysWhatIsReadWhereItIsNot) {
  EXPECT_EQ(refusal(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, 2, 2), }\n", 12)),
            "taken");
  EXPECT_EQ(refusal(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }\n", 4)),
            "taken");
  for (const auto& [header, reason] :
       {std::pair{"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }\n", "truncated"},
        {"{'descr': '<c8', 'fortran_order': False, 'shape': (2, 2), }\n", "dtype is '<c8'"},
        {"{'descr': '<f1', 'fortran_order': False, 'shape': (2, 2), }\n", "dtype is '<f1'"},
        {"{'descr': '|b1', 'fortran_order': False, 'shape': (2, 2), }\n", "dtype is '|b1'"},
        {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2, 2), }\n", "dtype is"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }\n", "shape is (4,)"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1, 1, 2, 2), }\n",
         "shape is (1, 1, 1, 1, 2, 2)"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (9999999, 9999999, 9999999), }\n",
         "which no memory holds"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 0), }\n", "shape"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n", "truncated"},
        {"{'descr': '<f4', 'fortran_order': False}\n", "no shape"}}) {
    const auto message = refusal(npy(header, 4));
    EXPECT_NE(message.find(reason), std::string::npos) << message;
  }
}

TEST(Safetensors, HoldsTheTensorsThatItsHeaderNames) {
  const Image xt = picture<float>(4, 2, 3, false);
  const Image eps = picture<float>(4, 2, 3, false);
  EncodeOptions options{
      .extension = ".safetensors", .record = R"({"seed": 1})", .others = {{"eps", &eps}}};
  const auto bytes = encoded(xt, kSafetensors, options);
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  EXPECT_EQ(length % 8, 0U);
  EXPECT_EQ(bytes.size(), 200 + length);
  const std::string header(reinterpret_cast<const char*>(bytes.data()) + 8, length);
  EXPECT_NE(header.find(R"("x_t":{"dtype":"F32","shape":[3,2,4],"data_offsets":[0,96]})"),
            std::string::npos)
      << header;
  EXPECT_NE(header.find(R"("eps":{"dtype":"F32","shape":[3,2,4],"data_offsets":[96,192]})"),
            std::string::npos);
  // Planar: the first sample of the second plane is the green of the first pixel.
  float green = 0;
  std::memcpy(&green, bytes.data() + 40 + length, 4);
  EXPECT_EQ(green, std::get<2>(xt.planes).colour[1]);
  EXPECT_EQ(record_in(bytes, "in"), R"({"seed": 1})");
}

// Each of the 65536 comes back, and what lies between two goes to the nearer, or the even one.
TEST(Half, RoundsToTheNearest) {
  for (std::uint32_t bits = 0; bits < 0x7C00; ++bits) {
    const auto here = static_cast<std::uint16_t>(bits);
    const auto value = static_cast<double>(float_of_half(here));
    ASSERT_EQ(half_of(value), here);
    ASSERT_EQ(half_of(-value), here | 0x8000);
    const double next =
        bits + 1 == 0x7C00 ? 65536 : float_of_half(static_cast<std::uint16_t>(bits + 1));
    const double middle = (value + next) / 2;
    ASSERT_EQ(half_of(middle), bits % 2 == 0 ? bits : bits + 1) << bits;
    ASSERT_EQ(half_of(std::nextafter(middle, 0)), bits) << bits;
    ASSERT_EQ(half_of(std::nextafter(middle, 1e9)), bits + 1) << bits;
  }
}

TEST(Brain, RoundsToTheNearestOfFloatsAndDoubles) {
  for (std::uint32_t bits = 0; bits < 0x7F7F; ++bits) {
    const auto here = static_cast<std::uint16_t>(bits);
    const auto value = static_cast<double>(float_of_brain(here));
    const auto next = static_cast<double>(float_of_brain(static_cast<std::uint16_t>(bits + 1)));
    const double middle = (value + next) / 2;
    const std::uint32_t even = bits % 2 == 0 ? bits : bits + 1;
    ASSERT_EQ(brain_of(value), here);
    ASSERT_EQ(brain_of(static_cast<float>(middle)), even) << bits;
    ASSERT_EQ(brain_of(middle), even) << bits;
    ASSERT_EQ(brain_of(std::nextafter(middle, 0)), bits) << bits;
    ASSERT_EQ(brain_of(std::nextafter(middle, 1e39)), bits + 1) << bits;
  }
}

}  // namespace
}  // namespace qsample
