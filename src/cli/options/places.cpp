#include "cli/options/places.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "base/remedy.h"
#include "image/image_io.h"
#include "pipeline/outputs/film/film_form.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

namespace fs = std::filesystem;

bool exists(const std::string& path) {
  std::error_code unknown;
  return fs::exists(path, unknown);
}

bool is_folder(const std::string& path) {
  std::error_code unknown;
  return fs::is_directory(path, unknown);
}

bool is_image_name(const std::string& path) {
  return codec_for_extension(fs::path(path).extension().string()) != nullptr;
}

}  // namespace

void check_is_one_image(const std::string& input) {
  if (is_folder(input)) {
    throw Error(input + ": is a folder; 'qsample batch' takes the images of a folder");
  }
}

std::string meant_beside_image(const std::vector<std::string>& words, std::string_view option) {
  constexpr const char* kOne = "only one image is taken; 'qsample batch' takes several";
  if (words.size() != 1) return kOne;
  const std::string& word = words.front();
  const bool is_number = word.find_first_not_of("0123456789") == std::string::npos;
  if (is_number && !exists(word)) return fmt::format("did you mean {} {}", option, word);
  if (is_image_name(word) && !exists(word)) return fmt::format("did you mean -o {}", word);
  return kOne;
}

void check_is_no_terminal(const std::string& output) {
  if (output == "-" && ::isatty(STDOUT_FILENO) != 0) {
    throw InvalidArgument("standard output is a terminal; send it to a file or a pipe");
  }
}

void check_is_folder(const std::string& output, std::string_view images, std::string_view option) {
  const auto refuse = [&](std::string_view why) {
    throw InvalidArgument(fmt::format("{}{}: {} go to a folder{}", option, output, images, why));
  };
  if (output == "-") refuse("; name one");
  std::error_code unknown;
  const auto status = fs::status(output, unknown);
  if (fs::is_directory(status)) return;
  if (fs::exists(status)) refuse(", but this is a file; name another");
  if (const auto remedy = remedy_for_output(output); !remedy.empty()) refuse(remedy);
  if (output.ends_with('/')) return;
  if (film_form_of(fs::path(output).extension().string()) != nullptr) {
    refuse("; name one, since 'qsample trajectory' makes films, of one image each");
  }
  if (is_image_name(output)) {
    refuse(fmt::format("; name one, or {}/ for a folder of that name", output));
  }
}

}  // namespace qsample::cli
