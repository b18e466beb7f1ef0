// A tensor that is larger than what is decoded at once, noised piece by piece.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "formats/tensors/tensor.h"
#include "pipeline/jobs/noise_outputs.h"
#include "qsample/jobs/forward_process.h"
#include "qsample/jobs/noise_file.h"

namespace qsample {

/// A tensor in a file.
struct LargeTensor {
  std::string_view format;  ///< of the file, by its name
  StoredTensor stored;
  Image image;  ///< without its samples
};

/// The tensor that these jobs read, where its file has more bytes than are decoded at once and
/// pieces of it do: it lies there in C order, the outputs are files of tensors, and nothing is
/// asked for that needs all of it. Nothing where it is to be read whole. Throws Error for what is
/// wrong with the file.
[[nodiscard]] std::optional<LargeTensor> large_tensor(std::span<const NoiseJob> jobs,
                                                      std::span<const NoiseOutputs> outputs,
                                                      const ForwardProcess& process);

/// Does the jobs, in memory that does not depend on the tensor's size but for noise that is drawn
/// at once, and with the same bytes as if it were read whole.
void noise_in_pieces(const LargeTensor& tensor, std::span<const NoiseJob> jobs,
                     std::span<const NoiseOutputs> outputs, const ForwardProcess& process,
                     const RunOptions& run, Outputs& written);

}  // namespace qsample
