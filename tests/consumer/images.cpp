// The jobs of the commands, from a program of somebody else's: IMAGE FOLDER [MODULES]. Writes to
// the folder what `qsample noise` and `qsample trajectory` would, and a TIFF of the image as it is.
#include <cstdio>
#include <string>

#include "qsample/error.h"
#include "qsample/image_io.h"
#include "qsample/jobs/batch.h"
#include "qsample/jobs/noise_file.h"
#include "qsample/jobs/trajectory.h"

int main(int argc, char** argv) {
  const std::string image = argv[1];
  const std::string folder = argv[2];
  if (argc > 3) qsample::set_module_folder(argv[3]);
  try {
    const qsample::ForwardProcess cosine({.name = "cosine", .steps = 1000});
    qsample::NoiseJob noise;
    noise.input = image;
    noise.output = folder + "/one.png";
    noise.t = 250;
    noise.seed = 7;
    qsample::noise_file(noise, cosine);

    const qsample::ForwardProcess chain({}, qsample::PathKind::markov);
    qsample::TrajectoryJob frames;
    frames.input = image;
    frames.output = folder + "/frames";
    frames.ts = {0, 10, 1000};
    qsample::write_trajectory(frames, chain, {.workers = 2});

    qsample::BatchJob batch;
    batch.inputs = {{image, "in.ppm"}};
    batch.output = folder + "/batch";
    batch.timesteps.ts = {5};
    const auto result = qsample::run_batch(batch, chain, [](const std::string&, bool) {});
    if (result.written != 1) return 1;

    noise.output = folder + "/clean.tiff";
    noise.t = 0;
    qsample::noise_file(noise, cosine);
    // A sentence about a parameter, for a person who does not know the command line.
    noise.t = 250;
    noise.output = folder + "/one.png";
    qsample::noise_file(noise, cosine);
  } catch (const qsample::InvalidArgument& e) {
    std::printf("%s: %s\n", e.parameter().c_str(), e.what());
    return 2;
  } catch (const qsample::Error& e) {
    std::puts(e.what());
    return 0;
  }
  return 1;
}
