// One image as a page that computes x_t itself, for any t.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "qsample/jobs/options.h"
#include "qsample/path.h"
#include "qsample/processes/corruption.h"
#include "qsample/run.h"
#include "qsample/schedule.h"

namespace qsample {

/// The most pixels of a page's image, those of 2048 x 2048, and the most steps of its schedules:
/// what a browser computes while one looks.
inline constexpr std::size_t kMostPagePixels = std::size_t{2048} * 2048;
inline constexpr int kMostPageSteps = 10'000;
/// Of d3pm-gaussian, whose law at t is a product of t matrices, and whose chain draws a uniform for
/// each sample and step: the most steps, and the most samples times steps.
inline constexpr int kMostPageMatrices = 2000;
inline constexpr std::size_t kMostPageJumps = std::size_t{1} << 30;

/// A schedule that the page offers.
struct PageSchedule {
  std::string label;  ///< what tells it from the others
  NoiseSchedule schedule;
  std::string words = {};  ///< what a command line says for it, as the page shows it
};

/// How the commands begin that the page shows, up to their timestep.
struct PageCommands {
  std::string noise;        ///< noises the input
  std::string clean;        ///< makes a file of x_0 as the page has it, whole
  std::string noise_clean;  ///< noises that file
};

struct PageJob {
  std::string input;
  std::string output;                   ///< a name that ends in .html or .htm, or "-"
  std::vector<PageSchedule> schedules;  ///< one at the least; the first is shown at first
  int t = 0;                            ///< shown at first
  int offset = 0;  ///< what the page counts less than t: 1 where timesteps count from 0
  PathKind path = PathKind::markov;
  Corruption corruption = {};  ///< what the forward process does, of all schedules
  std::uint64_t seed = 0;
  InputOptions reading = {};
  View view = {};  ///< the size of x_0 in the page
  bool overwrite = false;
  PageCommands commands = {};
  std::vector<OtherInput> other_inputs = {};
};

/// Writes one HTML file that holds the image, in 8 bits a sample and upright, the tables of the
/// schedules and all that computes x_t in a browser, with qsample's own noise, bit for bit, or
/// uniforms. A blur agrees to its rounding in float64, which leaves the pixels as they are. The
/// page loads nothing from anywhere. Throws InvalidArgument, before anything is read, for an output
/// that is no page or is an input, a schedule of too many steps, and what resolved(corruption) or a
/// DiscreteChain refuses; Error for what is wrong with a file, and for an image of too many pixels,
/// or that is neither grey nor RGB. Warns of samples that are rounded to 8 bits.
void write_page(const PageJob& job, const RunOptions& run = {});

}  // namespace qsample
