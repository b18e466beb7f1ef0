// What the record of a film says more than that of a frame.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "qsample/jobs/film.h"
#include "qsample/schedule.h"

namespace qsample {

/// A film's making, beside that of its frames.
struct FilmMaking {
  std::vector<int> ts = {};         ///< of its frames, there only; none: no film
  std::optional<Space> space = {};  ///< that they are spread over; none: they were listed
  FilmOptions film = {};

  [[nodiscard]] bool is_film() const { return !ts.empty(); }
};

/// The record of a film, from that of one of its frames.
[[nodiscard]] std::string with_film(const std::string& record, const FilmMaking& making,
                                    const RangeChoice& range);

}  // namespace qsample
