// Messages of InvalidArgument.
#pragma once

#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>

#include "qsample/error.h"

namespace qsample {

/// A parameter in a message.
struct Named {
  std::string_view parameter;

  friend std::ostream& operator<<(std::ostream& text, const Named& name) {
    return text << '`' << name.parameter << '`';
  }
};

/// The parameter that a part of a message names, or none.
template <class Part>
std::string_view parameter_of(const Part& part) {
  if constexpr (std::is_same_v<Part, Named>) return part.parameter;
  return {};
}

/// Throws InvalidArgument with the parts written one after the other. The first that is Named is
/// the parameter at fault; others that the sentence mentions stand in its text, between backticks.
template <class... Parts>
[[noreturn]] void fail(const Parts&... parts) {
  std::ostringstream text;
  text.precision(10);
  (text << ... << parts);
  std::string_view at_fault;
  ((at_fault = at_fault.empty() ? parameter_of(parts) : at_fault), ...);
  throw InvalidArgument(text.str(), std::string(at_fault));
}

}  // namespace qsample
