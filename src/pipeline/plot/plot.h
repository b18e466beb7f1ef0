// A picture of lines, dots and letters as a list of what is to be drawn, in pixels: computed once,
// then written as SVG or drawn.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "opencv/drawing/canvas.h"
#include "pipeline/plot/polyline.h"

namespace qsample::plot {

/// What a thing is drawn with; the theme says which colour that is.
enum class Ink { paper, text, muted, axis, grid, curve };

struct Paint {
  Ink ink;
  std::size_t curve = 0;  ///< which one, where it is a curve's
};

struct Stroke {
  Polyline points;
  Paint paint;
  double width;
  std::vector<double> dashes = {};  ///< lengths drawn and left out by turns; empty: all is drawn
};

/// A dot, or a ring of paper inside.
struct Dot {
  Point at;
  double radius;
  Paint paint;
  bool hollow = false;
};

struct Text {
  Point at;  ///< on the base line
  Anchor anchor;
  std::string text;  ///< UTF-8 without controls
  double size;
  Paint paint;
  bool halo = false;  ///< paper around it, so that it is read upon lines
};

/// Drawn in this order: strokes, dots, texts.
struct Group {
  std::string name;   ///< that a program finds it by
  std::string title;  ///< that it is told by
  std::vector<Stroke> strokes = {};
  std::vector<Dot> dots = {};
  std::vector<Text> texts = {};
};

struct Plot {
  int width;
  int height;
  std::string title;        ///< in words, for those who do not see it
  std::string description;  ///< likewise
  std::vector<Group> groups = {};
};

}  // namespace qsample::plot
