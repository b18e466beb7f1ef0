#include "pipeline/record/resume.h"

#include <filesystem>

#include "base/parallel.h"
#include "base/run.h"
#include "files/file.h"
#include "image/image_io.h"
#include "pipeline/outputs/frame_writer.h"
#include "pipeline/record/record.h"

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

bool is_whole(const std::string& path, const DecodeOptions& decoding, const Hold& hold) {
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

std::optional<std::string> record_of_done(const std::string& path, const std::string& record,
                                          const OutputOptions& options,
                                          const DecodeOptions& decoding, const Hold& hold) {
  std::error_code missing;
  if (!fs::is_regular_file(path, missing) || fs::file_size(path, missing) == 0) return {};
  if (!carries_record(path, options)) return {};
  auto found = record_of_file(path);
  if (!found) {
    if (options.overwrite) return {};
    refuse_to_replace(path, options);
  }
  if (!same_making(*found, record)) return {};
  if (!decoding.allow_damaged && has_damage(*found)) return {};  // it would not be made now
  if (!is_whole(path, decoding, hold)) return {};  // a record does not say that the rest is there
  return found;
}

bool may_replace(const std::string& path) {
  std::error_code missing;
  return fs::file_size(path, missing) == 0 || record_of_file(path).has_value();
}

void refuse_to_replace(const std::string& path, const OutputOptions& options) {
  // Without a record the bytes alone tell: they might be ours, made in another way.
  throw ExistsAlready(path + ": exists already and is not one of qsample's" +
                      (carries_record(path, options) ? "" : " as far as its bytes tell") +
                      "; `overwrite` replaces it");
}

}  // namespace qsample
