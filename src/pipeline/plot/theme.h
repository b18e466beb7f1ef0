// The colours of plots.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <vector>

#include "pipeline/plot/plot.h"

namespace qsample::plot {

/// Colours, each 0xRRGGBB.
struct Palette {
  std::uint32_t paper, text, muted, axis, grid;
  std::uint32_t curves[8];

  [[nodiscard]] constexpr std::uint32_t colour(Paint paint) const {
    switch (paint.ink) {
      case Ink::paper: return paper;
      case Ink::text: return text;
      case Ink::muted: return muted;
      case Ink::axis: return axis;
      case Ink::grid: return grid;
      case Ink::curve: break;
    }
    return curves[paint.curve % std::size(curves)];
  }
};

/// The first curves have colours of Okabe and Ito. The others were searched for: all differ for
/// every kind of colour blindness, and from the paper three times in contrast.
inline constexpr Palette kLight = {
    0xFFFFFF, 0x1B1F24,
    0x57606A, 0x8C959F,
    0xE4E8EC, {0x0072B2, 0xD55E00, 0x12A480, 0xAE216C, 0x9E76FC, 0x1A1A1A, 0x4A5520, 0x33108A}};
inline constexpr Palette kDark = {
    0x14171C, 0xE6EAEE,
    0x9BA5B0, 0x66707A,
    0x2A3038, {0x56B4E9, 0xE69F00, 0x9EF466, 0xFC6296, 0x3F64E0, 0xFBEFED, 0x6C8404, 0x924D6C}};

/// Of a ring's radius, where its paper ends; and of a size of letters, the width of their halo.
inline constexpr double kInside = 0.55;
inline constexpr double kHalo = 0.32;

/// The dashes of a curve, in widths of its line: they tell curves apart that are printed in black,
/// or have one colour. Of the first none.
[[nodiscard]] std::vector<double> dashes_of(std::size_t curve, double width);

}  // namespace qsample::plot
