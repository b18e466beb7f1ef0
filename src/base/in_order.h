// Things that come in any order, for who wants them in one.
#pragma once

#include <cstddef>
#include <map>
#include <utility>

namespace qsample {

/// Keeps what comes before its turn: numbers are 0, 1, ..., each once.
template <class T>
class InOrder {
 public:
  /// Calls emit(item) for this item and those kept, as far as it is their turn.
  template <class Emit>
  void add(std::size_t number, T item, const Emit& emit) {
    early_.emplace(number, std::move(item));
    while (!early_.empty() && early_.begin()->first == next_) {
      emit(std::move(early_.begin()->second));
      early_.erase(early_.begin());
      ++next_;
    }
  }

 private:
  std::size_t next_ = 0;
  std::map<std::size_t, T> early_;
};

}  // namespace qsample
