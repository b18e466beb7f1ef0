#include "cli/terminal/terminal_picture.h"

#include <unistd.h>

#include "cli/console.h"
#include "cli/terminal/terminal_module.h"
#include "image/plugin.h"
#include "opencv/drawing/canvas.h"
#include "pipeline/noise_image.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

constexpr plugin::Module kModule = {"terminal", "chafa (Debian: libchafa0)", "`show`"};

}  // namespace

void add_show_option(CLI::App& command, bool& show, const char* help) {
  command.add_flag("--show", show, help)->group("Output");
}

void check_can_show() {
  if (::isatty(STDOUT_FILENO) == 0) {
    throw InvalidArgument("--show: standard output is no terminal; write the image by -o instead");
  }
}

void show_picture(const Image& image) {
  if (image.channels != 1 && image.channels != 3) {
    throw Error("`show` is of grey and RGB images, and this has " + std::to_string(image.channels) +
                " channels");
  }
  Canvas canvas(image.width, image.height, {0, 0, 0});
  canvas.place(0, 0, in_eight_bits(image));
  const auto& rgb = std::get<Planes<std::uint8_t>>(canvas.image().planes).colour;
  const auto& drawing = plugin::load<TerminalDrawing>(kModule);
  CharacterGrid size = terminal_size(STDOUT_FILENO);
  --size.rows;  // the last line is the prompt's
  print(drawing.draw(rgb, image.width, image.height, size, shows_unicode()));
}

}  // namespace qsample::cli
