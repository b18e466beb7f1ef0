// The record that each file carries where its format can: how it was made, as JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/record/film_record.h"
#include "pipeline/source.h"
#include "qsample/jobs/forward_process.h"
#include "qsample/trainers/target.h"

namespace qsample {

/// The name of x_t among what a file holds; the others are targets().
inline constexpr std::string_view kNoisedName = "x_t";

/// What a file holds besides x_t or in its place, and its formula: "v", "eps - x0".
struct Tensor {
  std::string name;
  std::string formula;
};

/// XXH3-64 of the betas, or of the table, of a schedule that has them.
[[nodiscard]] std::uint64_t table_hash(const ScheduleSpec& spec);

/// How a file was made, but for how it is written.
struct Making {
  const ForwardProcess& process;
  std::uint64_t seed = 0;
  std::uint32_t draw = 0;
  int t = 0;
  const Source& source;
  std::vector<Tensor> tensors = {};       ///< all that it holds; none where it is x_t alone
  std::optional<double> sigma_data = {};  ///< theirs, where some have EDM's scalings
};

/// Everything needed to make the file again, as one line of JSON in ASCII. `format` is the
/// format of the file, as Destination has it. The seed is text: many programs read a number of JSON
/// as a double, which holds 53 bits.
[[nodiscard]] std::string record_of(const Making& making, const OutputOptions& options,
                                    std::string_view format);

/// What only the making shows.
struct Findings {
  std::optional<double> clipped = {};  ///< share of samples, where they are integers
  std::string damage = {};             ///< of the input, where it was taken nevertheless
  std::string reader = {};             ///< of the input, where another's made its samples
  std::optional<CropPlace> cropped_at = {};
};

/// `record` with what was found.
[[nodiscard]] std::string with_findings(const std::string& record, const Findings& findings);

/// Whether two records tell of the same making, whatever was found, under which name of a folder
/// the input was read, and which version made them: a version that makes other samples from the
/// same process says so here. False where one is not a record.
[[nodiscard]] bool same_making(const std::string& a, const std::string& b);

/// Whether a record tells of a damaged input.
[[nodiscard]] bool has_damage(const std::string& record);

/// A record as values. What it says is possible, each part by itself: names that are known, numbers
/// in their range, paths that stay below a folder.
struct Record {
  Source source;
  ScheduleSpec spec;          ///< resolved; of betas the name and the number alone
  std::string schedule_file;  ///< of betas: their file, or empty
  std::uint64_t table = 0;    ///< of betas: their table_hash()
  int t = 0;
  std::optional<PathPlace> place = {};  ///< instead of t, where it is between two timesteps
  FilmMaking film = {};                 ///< of a film, which has many t
  PathKind path = PathKind::shared;
  NoiseAdditions additions = {};
  Corruption corruption = {};  ///< resolved
  const Generator* rng = &generators().front();
  std::uint64_t seed = 0;
  std::uint32_t draw = 0;
  BatchPlace batch = {};
  std::optional<Dtype> noise_dtype = {};
  int device_threads = 0;
  OutputOptions options;           ///< what a record tells of them
  std::vector<std::string> saved;  ///< names of what the file holds; none where it is x_t alone
  double sigma_data = kSigmaData;  ///< of EDM's scalings of these
  bool damaged = false;            ///< the input was
};

/// Reads a record, which may come from anywhere. Throws Error, "its record of qsample is damaged:
/// ...", for what record_of and with_findings, today's or an older version's, do not write.
[[nodiscard]] Record read_record(std::string_view text);

}  // namespace qsample
