// A frame as raw bytes, in the orders that films are made of.
#pragma once

#include <cstddef>
#include <vector>

#include "qsample/image.h"

namespace qsample {

/// The factors of red and blue in luma.
struct LumaWeights {
  double red;
  double blue;
};
inline constexpr LumaWeights kBt601{0.299, 0.114};
inline constexpr LumaWeights kBt709{0.2126, 0.0722};

/// Bytes of rows of red, green and blue; grey is all three.
void put_rgb(const Image& frame, std::vector<std::byte>& out);

/// Bytes of the planes Y, Cb and Cr of full resolution, in limited range: Y from 16 to 235, Cb and
/// Cr from 16 to 240.
void put_yuv444(const Image& frame, LumaWeights weights, std::vector<std::byte>& out);

/// The samples of grey as they are.
void put_grey(const Image& frame, std::vector<std::byte>& out);

}  // namespace qsample
