#include "pipeline/sheet/sheet_labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "opencv/drawing/lettering.h"
#include "pipeline/plot/lettering.h"

namespace qsample {
namespace {

std::string number(double value, int digits) {
  if (std::isinf(value)) return value < 0 ? "−∞" : "∞";
  const std::string text = fmt::format("{:.{}f}", value, digits);
  const bool is_zero = text.find_first_not_of("-0.") == std::string::npos;
  return plot::typeset(is_zero && text.starts_with('-') ? text.substr(1) : text);
}

// Three digits behind the point of what is below ten; fewer of what is larger.
std::string coefficient(double value) {
  return number(value, value < 10 ? 3 : value < 100 ? 2 : 1);
}

Forms named(const std::string& name, const std::string& value) {
  return {name + " = " + value, value};
}

}  // namespace

Forms forms_of(SheetLabel label, const NoiseSchedule& schedule, int t, int offset) {
  switch (label) {
    case SheetLabel::t: return named("t", std::to_string(t - offset));
    case SheetLabel::alpha: return named("α", coefficient(schedule.alpha(t)));
    case SheetLabel::sigma: return named("σ", coefficient(schedule.sigma(t)));
    case SheetLabel::log_snr: return named("log SNR", number(schedule.log_snr(t), 2));
  }
  return {};
}

Forms forms_of(const Histogram& histogram) {
  const std::string mean = number(histogram.mean, 2);
  const std::string variance = number(histogram.variance, histogram.variance < 100 ? 2 : 0);
  return {"mean " + mean + ", variance " + variance, "mean " + mean + ", var " + variance,
          mean + ", " + variance, variance};
}

std::size_t fitting_form(const std::vector<Forms>& texts, double size, double width) {
  const std::size_t last = texts.empty() ? 0 : texts.front().size() - 1;
  for (std::size_t form = 0; form < last; ++form) {
    const bool fits = std::all_of(texts.begin(), texts.end(), [&](const Forms& forms) {
      return text_width(forms[form], size) <= width;
    });
    if (fits) return form;
  }
  return last;
}

}  // namespace qsample
