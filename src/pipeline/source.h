// What a frame is made from, by name: for its record, its seed and its own name.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/seed/file_seed.h"
#include "qsample/bytes.h"
#include "qsample/jobs/options.h"
#include "qsample/schedule.h"

namespace qsample {

/// The image that a frame was made from.
struct Source {
  std::string name;        ///< base name of the file; "stdin"
  std::string folder;      ///< of the file, below the working folder or that of a batch, or empty
  std::uint64_t hash = 0;  ///< XXH3-64 of its bytes
  std::optional<Range> range = {};  ///< what was -1 and 1, if that was chosen
  int frame = 0;                    ///< that was asked for, of a file that holds several
  std::string tensor = {};          ///< that was asked for
  LatentOptions latent = {};        ///< of a model
  Preparation preparation = {};
};

/// What the record says of the file `path` that holds `bytes`. In a batch the path begins at the
/// input folder: a record does not depend on who makes which part.
[[nodiscard]] Source source_of(Bytes bytes, const std::string& path, const InputOptions& options);

/// The same where the bytes are known by their hash.
[[nodiscard]] Source source_of(std::uint64_t hash, const std::string& path,
                               const InputOptions& options);

/// XXH3-64, as the record uses it.
[[nodiscard]] std::uint64_t hash_of(Bytes bytes);

/// The same of bytes that next() gives piece by piece, until it gives none.
[[nodiscard]] std::uint64_t hash_of_pieces(const std::function<Bytes()>& next);

/// `path` as a record may tell it: relative, without "." and "..". Empty where it is not below the
/// working folder: what lies above it is nobody's business.
[[nodiscard]] std::string told_path(const std::string& path);

/// The ending of a path's name, in small letters, with the dot; empty where there is none.
[[nodiscard]] std::string lower_extension(const std::string& path);

/// The last part of a path; "stdin" for "-".
[[nodiscard]] std::string base_name(const std::string& path);

/// What the names of an input's frames begin with: its base name without its ending.
[[nodiscard]] std::string frame_stem(const std::string& input);

/// "sigma1.234": a real place in the name of a file, where a timestep is "t0250".
[[nodiscard]] std::string place_word(const PathPlace& place);

/// "<stem>_t<t><extension>", t padded to the width of `last`, so that names sort as timesteps do.
[[nodiscard]] std::string frame_name(const std::string& input, int t, int last,
                                     std::string_view extension);

}  // namespace qsample
