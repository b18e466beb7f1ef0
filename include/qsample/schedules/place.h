// Any real place on the path of a schedule, between its timesteps too.
#pragma once

#include <cstdint>
#include <string_view>

#include "qsample/schedule.h"

namespace qsample {

/// "sigma", "u", "log-snr".
[[nodiscard]] std::string_view place_kind_name(PathPlace::Kind kind);

/// Puts a real place on `schedule`, which make_schedule(spec) has made, and returns the number that
/// is its t: schedule.mix(t), a NoisePath's visit, a NoiseJob take it. A place that lies on a row,
/// within a relative rounding of 1e-12, adds nothing: it is that row's t.
///
/// alpha and sigma of a place that is given by its noise follow from that alone: where the variance
/// is preserved alpha^2 + sigma^2 = 1, where it explodes alpha = 1, of a flow alpha + sigma = 1. A
/// family that is a formula (ScheduleFamily::curve) says the rest: which t has that noise, and what
/// the noise at u is. Of a schedule made of betas, or of another table, its rows say it: between
/// two of them log(sigma / alpha) is linear in t, as in k-diffusion's t_to_sigma and sigma_to_t,
/// and of a flow sigma is.
///
/// Throws InvalidArgument, with the range that there is, for a place that the schedule does not
/// have. A formula over u begins at u = 0, one of sigmas and all tables at t = 1; a table ends
/// before a row at T that has nothing of the image left, where no logarithm leads. A table that
/// keeps none of the three sums has no places between its rows.
int put_place(NoiseSchedule& schedule, const ScheduleSpec& spec, const PathPlace& place);

/// The stream of noise of a place behind the row `before`, for NoiseSource::fill: 2^30 + w mod
/// 2^30, w the first word of Philox4x32-10 of the key that is the 64 bits of the value as a
/// float64, low word first, and of the counter (before, before + 1, kind, 0), kind being 0 of
/// sigma, 1 of u, 2 of log-snr. -0 counts as 0. It depends on no other place, and is no timestep's.
[[nodiscard]] std::uint32_t place_stream(int before, const PathPlace& place);

}  // namespace qsample
