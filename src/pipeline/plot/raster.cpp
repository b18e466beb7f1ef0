#include "pipeline/plot/raster.h"

#include "qsample/error.h"

namespace qsample::plot {

void write_png(const Plot& /*plot*/, Theme /*theme*/, const std::string& name,
               const RunOptions& /*run*/, const Sink& /*sink*/) {
  throw Error(name + ": no PNG yet");
}

}  // namespace qsample::plot
