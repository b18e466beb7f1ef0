#include "pipeline/jobs/shots.h"

#include <cmath>
#include <numeric>

namespace qsample {

std::vector<Shot> shots_of(std::span<const int> ts, const FilmOptions& film) {
  std::vector<Shot> shots;
  for (const int t : ts) {
    if (shots.empty() || shots.back().t != t) shots.push_back({t, 0});
    ++shots.back().times;
  }
  const auto held = static_cast<std::size_t>(std::lround(film.hold * film.fps));
  const std::size_t turn = shots.size() - 1;
  if (film.boomerang) {
    // The last frame is where it turns, and comes once.
    shots[turn].times = 2 * shots[turn].times - 1;
    for (std::size_t i = turn; i-- > 0;) {
      const Shot shot = shots[i];
      shots.push_back(shot);
    }
    if (turn > 0) shots.back().times += held;
  }
  shots[turn].times += held;
  if (turn > 0) shots.front().times += held;
  return shots;
}

std::size_t shown_frames(std::span<const Shot> shots) {
  return std::accumulate(shots.begin(), shots.end(), std::size_t{0},
                         [](std::size_t sum, const Shot& shot) { return sum + shot.times; });
}

}  // namespace qsample
