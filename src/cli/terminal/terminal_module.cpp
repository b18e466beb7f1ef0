// The module that draws on terminals by chafa.

#include "cli/terminal/terminal_module.h"

#include <chafa.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace qsample::cli {
namespace {

template <class T, void (*kRelease)(T*)>
struct Release {
  void operator()(T* object) const { kRelease(object); }
};
template <class T, void (*kRelease)(T*)>
using Owned = std::unique_ptr<T, Release<T, kRelease>>;

using TermInfo = Owned<ChafaTermInfo, chafa_term_info_unref>;
using SymbolMap = Owned<ChafaSymbolMap, chafa_symbol_map_unref>;
using CanvasConfig = Owned<ChafaCanvasConfig, chafa_canvas_config_unref>;
using Canvas = Owned<ChafaCanvas, chafa_canvas_unref>;

// Where a terminal does not tell the size of its characters.
constexpr int kCellWidth = 8;
constexpr int kCellHeight = 16;

ChafaPixelMode pixel_mode(const ChafaTermInfo* info) {
  if (chafa_term_info_have_seq(info, CHAFA_TERM_SEQ_BEGIN_KITTY_IMMEDIATE_IMAGE_V1) != FALSE) {
    return CHAFA_PIXEL_MODE_KITTY;
  }
  if (chafa_term_info_have_seq(info, CHAFA_TERM_SEQ_BEGIN_SIXELS) != FALSE) {
    return CHAFA_PIXEL_MODE_SIXELS;
  }
  return CHAFA_PIXEL_MODE_SYMBOLS;
}

ChafaCanvasMode colours(const ChafaTermInfo* info) {
  constexpr std::pair<ChafaTermSeq, ChafaCanvasMode> kModes[] = {
      {CHAFA_TERM_SEQ_SET_COLOR_FGBG_DIRECT, CHAFA_CANVAS_MODE_TRUECOLOR},
      {CHAFA_TERM_SEQ_SET_COLOR_FGBG_256, CHAFA_CANVAS_MODE_INDEXED_240},
      {CHAFA_TERM_SEQ_SET_COLOR_FGBG_16, CHAFA_CANVAS_MODE_INDEXED_16},
      {CHAFA_TERM_SEQ_INVERT_COLORS, CHAFA_CANVAS_MODE_FGBG_BGFG}};
  for (const auto& [sequence, mode] : kModes) {
    if (chafa_term_info_have_seq(info, sequence) != FALSE) return mode;
  }
  return CHAFA_CANVAS_MODE_FGBG;
}

std::string draw(std::span<const std::uint8_t> rgb, int width, int height,
                 const CharacterGrid& size, bool unicode) {
  const TermInfo info(chafa_term_db_detect(chafa_term_db_get_default(), environ));
  const ChafaPixelMode pixels = pixel_mode(info.get());
  const int cell_width = size.cell_width > 0 ? static_cast<int>(size.cell_width) : kCellWidth;
  const int cell_height = size.cell_height > 0 ? static_cast<int>(size.cell_height) : kCellHeight;
  // A half block is a pixel.
  const bool blocks = pixels == CHAFA_PIXEL_MODE_SYMBOLS;
  gint columns = std::min(static_cast<int>(size.columns),
                          blocks ? width : (width + cell_width - 1) / cell_width);
  gint rows = std::min(static_cast<int>(size.rows),
                       blocks ? (height + 1) / 2 : (height + cell_height - 1) / cell_height);
  const float shape =
      blocks ? 0.5F : static_cast<float>(cell_width) / static_cast<float>(cell_height);
  chafa_calc_canvas_geometry(width, height, &columns, &rows, shape, FALSE, FALSE);

  const SymbolMap symbols(chafa_symbol_map_new());
  const int tags =
      unicode ? CHAFA_SYMBOL_TAG_SPACE | CHAFA_SYMBOL_TAG_VHALF : CHAFA_SYMBOL_TAG_ASCII;
  chafa_symbol_map_add_by_tags(symbols.get(), static_cast<ChafaSymbolTags>(tags));
  const CanvasConfig config(chafa_canvas_config_new());
  chafa_canvas_config_set_geometry(config.get(), columns, rows);
  chafa_canvas_config_set_cell_geometry(config.get(), cell_width, cell_height);
  chafa_canvas_config_set_pixel_mode(config.get(), pixels);
  chafa_canvas_config_set_canvas_mode(config.get(),
                                      blocks ? colours(info.get()) : CHAFA_CANVAS_MODE_TRUECOLOR);
  chafa_canvas_config_set_symbol_map(config.get(), symbols.get());
  const Canvas canvas(chafa_canvas_new(config.get()));
  chafa_canvas_draw_all_pixels(canvas.get(), CHAFA_PIXEL_RGB8, rgb.data(), width, height,
                               3 * width);
  GString* text = chafa_canvas_print(canvas.get(), info.get());
  std::string out(text->str, text->len);
  g_string_free(text, TRUE);
  return out + "\n";
}

}  // namespace
}  // namespace qsample::cli

extern "C" const void* qsample_plugin() {
  static const qsample::cli::TerminalDrawing drawing = {qsample::cli::draw};
  return &drawing;
}
