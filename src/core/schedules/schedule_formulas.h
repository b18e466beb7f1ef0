// The formulas of the named schedules. schedule_families.cpp is the table that names them and says
// where each comes from.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "qsample/schedule.h"

namespace qsample::formulas {

/// A parameter of the row; there whenever the row has it.
[[nodiscard]] double value_of(const ParameterValues& values, std::string_view name);

/// 1 / (1 + e^-x).
[[nodiscard]] double logistic(double x);

/// Chen's sigmoid of `start`, `end` and `tau`: what is left of it after u of the way from start to
/// end, 1 at u = 0 and 0 at u = 1.
[[nodiscard]] std::function<double(double)> sigmoid_curve(const ParameterValues& values);

// beta_1..beta_T.
std::vector<double> linear_betas(int steps, const ParameterValues& values);
std::vector<double> scaled_betas(int steps, const ParameterValues& values);
std::vector<double> quad_betas(int steps, const ParameterValues& values);
std::vector<double> const_betas(int steps, const ParameterValues& values);
std::vector<double> jsd_betas(int steps, const ParameterValues& values);
std::vector<double> warmup10_betas(int steps, const ParameterValues& values);
std::vector<double> warmup50_betas(int steps, const ParameterValues& values);
std::vector<double> sigmoid_betas(int steps, const ParameterValues& values);
std::vector<double> cosine_betas(int steps, const ParameterValues& values);
std::vector<double> exp_betas(int steps, const ParameterValues& values);
std::vector<double> laplace_betas(int steps, const ParameterValues& values);
std::vector<double> sigmoid_jabri_betas(int steps, const ParameterValues& values);

// alpha_t^2 and sigma_t^2 at any t.
Curve vp_sde(int steps, const ParameterValues& values);
Curve linear_log_snr(int steps, const ParameterValues& values);
Curve vdm(int steps, const ParameterValues& values);
Curve cosine_log_snr(int steps, const ParameterValues& values);
Curve wuerstchen(int steps, const ParameterValues& values);
Curve shifted_cosine(int steps, const ParameterValues& values);
Curve interpolated_cosine(int steps, const ParameterValues& values);
Curve trigflow(int steps, const ParameterValues& values);
Curve gamma_linear(int steps, const ParameterValues& values);
Curve gamma_cosine(int steps, const ParameterValues& values);
Curve gamma_sigmoid(int steps, const ParameterValues& values);
Curve exponential(int steps, const ParameterValues& values);
Curve polyexponential(int steps, const ParameterValues& values);
Curve karras(int steps, const ParameterValues& values);
Curve beta_sigmas(int steps, const ParameterValues& values);
Curve vp_sigmas(int steps, const ParameterValues& values);
Curve flow(int steps, const ParameterValues& values);

}  // namespace qsample::formulas
