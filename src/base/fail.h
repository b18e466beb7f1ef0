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

/// Throws InvalidArgument with the parts written one after the other. Where the first is Named, it
/// is the parameter at fault.
template <class First, class... Parts>
[[noreturn]] void fail(const First& first, const Parts&... parts) {
  std::ostringstream text;
  text.precision(10);
  ((text << first) << ... << parts);
  if constexpr (std::is_same_v<First, Named>) {
    throw InvalidArgument(text.str(), std::string(first.parameter));
  } else {
    throw InvalidArgument(text.str());
  }
}

}  // namespace qsample
