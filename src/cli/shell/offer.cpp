#include "cli/shell/offer.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

#include "cli/options/preparation_options.h"
#include "cli/options/timesteps/timestep_options.h"
#include "image/image_io.h"
#include "pipeline/destination.h"
#include "qsample/jobs/film.h"
#include "qsample/sampling/timestep_law.h"
#include "qsample/schedule.h"
#include "qsample/trainers/target.h"

namespace qsample::cli {
namespace {

using Words = std::vector<std::string>;

// "png" and "tiff" of ".png, .tiff".
Words endings_in(const std::string& list) {
  Words words;
  for (std::size_t at = list.find('.'); at < list.size(); at = list.find('.', at)) {
    const auto end = std::min(list.find_first_of(", ", at), list.size());
    words.push_back(list.substr(at + 1, end - at - 1));
    at = end;
  }
  return words;
}

Words schedules() {
  Words words;
  for (const ScheduleFamily& family : schedule_families()) {
    words.emplace_back(family.name);
    words.insert(words.end(), family.aliases.begin(), family.aliases.end());
  }
  return words;
}

Words laws() {
  Words words;
  for (const TimestepLaw& law : timestep_laws()) words.emplace_back(law.name);
  return words;
}

Words target_names(const std::string& end) {
  Words words;
  for (const Target& target : targets()) words.push_back(std::string(target.name) + end);
  return words;
}

Words places() {
  Words words;
  for (const std::string_view name : place_names()) words.push_back(std::string(name) + "=");
  return words;
}

Words colours() {
  const auto names = colour_names();
  return {names.begin(), names.end()};
}

// What help calls a value, and what it is.
struct Row {
  std::string_view value;
  Words (*words)();
  Offer::Paths paths = Offer::Paths::none;
  bool paths_follow_words = false;
};

const Row kRows[] = {
    {"NAME|FILE", schedules, Offer::Paths::files},
    {"FILE", nullptr, Offer::Paths::files},
    {"OUTPUT", nullptr, Offer::Paths::files},
    {"DIR", nullptr, Offer::Paths::folders},
    {"EXT", [] { return endings_in(writable_extensions()); }},
    {"FILM", [] { return endings_in(film_endings()); }},
    {"KIND=FILE", [] { return target_names("="); }, Offer::Paths::files, true},
    {"KIND[=DIR]",
     [] {
       Words words = target_names("");
       for (auto& word : target_names("=")) words.push_back(std::move(word));
       return words;
     },
     Offer::Paths::folders, true},
    {"LAW[:P=X,...]", laws},
    {"PLACE", places},
    {"COLOUR", colours},
};

const Row* find_row(std::string_view value) {
  const auto* const row = std::find_if(std::begin(kRows), std::end(kRows),
                                       [&](const Row& one) { return one.value == value; });
  return row == std::end(kRows) ? nullptr : row;
}

void add(const Row& row, Offer& offer) {
  if (row.words != nullptr) {
    for (auto& word : row.words()) offer.words.push_back(std::move(word));
  }
  offer.paths = std::max(offer.paths, row.paths);
  offer.paths_follow_words = row.paths_follow_words;
}

// "auto", but not N or WxH, which stand for something.
bool is_word(std::string_view part) {
  return !part.empty() && std::none_of(part.begin(), part.end(),
                                       [](unsigned char c) { return std::isupper(c) != 0; });
}

}  // namespace

Offer offer_of(const CLI::Option& option) {
  const std::string value = option.get_type_name();
  Offer offer;
  if (const Row* row = find_row(value)) {
    add(*row, offer);
    return offer;
  }
  if (option.get_positional() && value.empty()) return {.paths = Offer::Paths::files};
  for (std::size_t at = 0; at < value.size();) {
    const auto end = std::min(value.find('|', at), value.size());
    const auto part = std::string_view(value).substr(at, end - at);
    at = end + 1;
    if (const Row* row = find_row(part)) {
      add(*row, offer);
    } else if (is_word(part)) {
      offer.words.emplace_back(part);
    }
  }
  return offer;
}

}  // namespace qsample::cli
