// The exceptions that qsample throws.
#pragma once

#include <stdexcept>

namespace qsample {

/// Something about a file or its content: missing, damaged, unwritable. what() is one whole
/// sentence for a person, without the program's name and without a full stop.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A value that the caller chose cannot be: a timestep past the schedule, an impossible beta. Known
/// before any file is touched.
class InvalidArgument : public Error {
 public:
  using Error::Error;
};

}  // namespace qsample
