// How a library that asks the locale spells names.
#pragma once

#include <clocale>

namespace qsample {

/// Gives the thread a locale's way with characters, as long as it lives.
class ThreadLocale {
 public:
  /// `locale` may be null: the thread's own stays.
  explicit ThreadLocale(locale_t locale) : before_(::uselocale(locale)) {}
  ThreadLocale(const ThreadLocale&) = delete;
  ThreadLocale& operator=(const ThreadLocale&) = delete;
  ~ThreadLocale() { ::uselocale(before_); }

 private:
  locale_t before_;
};

}  // namespace qsample
