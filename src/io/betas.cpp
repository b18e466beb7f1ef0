#include "io/betas.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::string_view kSeparators = " \t\r\n,[]";

}  // namespace

std::vector<double> parse_betas(std::string_view text, const std::string& name) {
  std::vector<double> betas;
  int line = 1;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '#') {
      at = std::min(text.find('\n', at), text.size());
    } else if (kSeparators.find(c) != std::string_view::npos) {
      line += c == '\n' ? 1 : 0;
      ++at;
    } else {
      const auto word = text.substr(at, text.find_first_of(" \t\r\n,[]#", at) - at);
      double value = 0;
      const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
      if (error != std::errc() || end != word.data() + word.size()) {
        throw Error(name + ": line " + std::to_string(line) + ": '" +
                    std::string(word.substr(0, 40)) +
                    "' is not a number; a schedule file lists betas");
      }
      betas.push_back(value);
      at += word.size();
    }
  }
  if (betas.empty()) throw Error(name + ": lists no betas");
  return betas;
}

}  // namespace qsample
