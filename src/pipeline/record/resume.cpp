#include "pipeline/record/resume.h"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "base/parallel.h"
#include "files/output_file.h"
#include "files/read_file.h"
#include "image/image_io.h"
#include "pipeline/record/record.h"
#include "qsample/run.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

// How many of a file's first bytes may hold its record: nearly always, and at the most.
constexpr std::size_t kHead = 1 << 16;
constexpr std::size_t kMostHead = 1 << 24;

// The record in the bytes of a file or in its first ones.
std::optional<std::string> record_in_part(Bytes part, const std::string& path) {
  try {
    // One that is damaged is of qsample's all the same.
    return record_in(part, path);
  } catch (const Error&) {
    // What is damaged, or no image at all, carries none.
  }
  return std::nullopt;
}

bool is_whole(const std::string& path, const DecodeOptions& decoding,
              const std::function<void(std::size_t bytes)>& hold) {
  try {
    const auto bytes = read_file(path, {.kinds = FileKinds::regular, .hold = hold});
    DecodeOptions silent{.max_pixels = decoding.max_pixels};
    silent.reserve = [&](const Footprint& image) {
      if (hold) hold(bytes.size() + image.peak());
    };
    (void)decode_image(bytes, path, silent);
    return true;
  } catch (const Interrupted&) {
    throw;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

std::optional<std::string> record_of_file(const std::string& path) {
  const auto head = read_head(path, kHead);
  auto record = record_in_part(head, path);
  if (record || head.size() < kHead || !is_image(head)) return record;
  return record_in_part(read_head(path, kMostHead), path);
}

std::optional<std::string> record_of_done(const Destination& output, const std::string& record,
                                          const DecodeOptions& decoding,
                                          const std::function<void(std::size_t bytes)>& hold) {
  if (!is_regular_file(output.path) || is_empty_file(output.path)) return {};
  if (!output.carries_record()) return {};
  auto found = record_of_file(output.path);
  if (!found) {
    if (output.options.overwrite) return {};
    refuse_to_replace(output);
  }
  if (!same_making(*found, record)) return {};
  if (!decoding.allow_damaged && has_damage(*found)) return {};  // it would not be made now
  // A record does not say that the rest is there.
  if (!is_whole(output.path, decoding, hold)) return {};
  return found;
}

bool is_regular_file(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0) return S_ISREG(info.st_mode);
  if (errno != ENOENT) fail_with(path, errno);
  return false;
}

bool is_empty_file(const std::string& path) {
  std::error_code missing;
  return fs::file_size(path, missing) == 0;
}

void refuse_to_replace(const Destination& output) {
  // Without a record the bytes alone tell: they might be ours, made in another way.
  throw ExistsAlready(exists_already(
      output.path, std::string(" and is not one of qsample's") +
                       (output.carries_record() ? "" : " as far as its bytes tell")));
}

}  // namespace qsample
