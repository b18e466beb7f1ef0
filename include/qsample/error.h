// The exceptions that qsample throws.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace qsample {

/// Something about a file or its content: missing, damaged, unwritable. what() is one whole
/// sentence for a person, without the program's name and without a full stop. A parameter of the
/// call goes by its name, between backticks: "cat.png: exists already; `overwrite` replaces it".
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A value that the caller chose cannot be: a timestep past the schedule, an impossible beta. Known
/// before any file is touched.
class InvalidArgument : public Error {
 public:
  explicit InvalidArgument(const std::string& sentence, std::string parameter = {})
      : Error(sentence), parameter_(std::move(parameter)) {}

  /// The name of the parameter at fault, such as "snr-shift"; empty where it is none, or several.
  [[nodiscard]] const std::string& parameter() const noexcept { return parameter_; }

 private:
  std::string parameter_;
};

}  // namespace qsample
