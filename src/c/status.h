// Exceptions to statuses: none crosses the border to C.
#pragma once

#include <exception>
#include <new>

#include "base/fail.h"
#include "qsample/c.h"
#include "qsample/error.h"

namespace qsample::c {

/// Keeps the text for this thread, cut where it is too long, and returns the status.
int failed(int status, const char* text) noexcept;

/// The status of work(), whose exceptions end here.
template <class Work>
int status_of(const Work& work) noexcept {
  try {
    work();
    return QSAMPLE_OK;
  } catch (const InvalidArgument& e) {
    return failed(QSAMPLE_INVALID_ARGUMENT, e.what());
  } catch (const std::bad_alloc&) {
    return failed(QSAMPLE_NO_MEMORY, "not enough memory");
  } catch (const std::exception& e) {
    return failed(QSAMPLE_FAILURE, e.what());
  } catch (...) {
    return failed(QSAMPLE_FAILURE, "an unknown error");
  }
}

/// Throws InvalidArgument where a pointer is NULL.
inline void check_given(const void* pointer, std::string_view argument) {
  if (pointer == nullptr) fail(Named{argument}, " is NULL");
}

}  // namespace qsample::c
