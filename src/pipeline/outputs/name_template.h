// Names of outputs by a pattern: "{t}/{stem}.png".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace qsample {

/// What a pattern's fields stand for.
struct NameFields {
  std::string stem;        ///< of the input, {stem}
  int t = 0;               ///< the timestep as it is counted, {t}
  std::uint32_t draw = 0;  ///< {k}
  std::uint64_t seed = 0;  ///< of the image's noise, {seed}
  /// The place_word() of a real place, {place}, which then has no {t}; empty: {place} is that of t,
  /// "t0250".
  std::string place = {};
};

/// How wide numbers are, so that names sort as they do.
struct NameWidths {
  int last = 0;             ///< the greatest timestep
  std::uint32_t draws = 1;  ///< how many there are
};

class NameTemplate {
 public:
  /// Throws InvalidArgument for what is no field between braces, naming the parameter that the text
  /// is given by. "{{" and "}}" are braces.
  NameTemplate(const std::string& text, NameWidths widths, std::string parameter = "name");

  /// Whether it has {t}, {k}, ...: "t", "k".
  [[nodiscard]] bool has(std::string_view field) const;

  /// Throws InvalidArgument for a name that leads out of the folder that it is meant for, or to no
  /// file, and for a real place's {t}.
  [[nodiscard]] std::string expand(const NameFields& fields) const;

  /// Throws InvalidArgument unless it tells outputs of several timesteps, and draws, apart.
  void check_tells_apart(bool several_t, bool several_draws) const;

  /// The ending of the text behind the last field, with the dot; empty where it has none.
  [[nodiscard]] std::string ending() const;

 private:
  struct Part {
    std::string text;
    bool is_field;
  };

  std::string text_;
  std::string parameter_;
  NameWidths widths_;
  std::vector<Part> parts_;
};

/// The pattern of outputs that have no name: "{stem}", with what tells several apart.
[[nodiscard]] std::string default_pattern(bool with_place, bool with_draw);

}  // namespace qsample
