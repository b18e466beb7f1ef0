#include "cli/commands/made/made_file.h"

#include <filesystem>
#include <limits>
#include <system_error>

#include "cli/stop.h"
#include "files/read_file.h"
#include "image/image_io.h"
#include "pipeline/input.h"
#include "pipeline/memory_budget.h"
#include "pipeline/record/film_comment.h"
#include "pipeline/record/resume.h"
#include "qsample/error.h"
#include "qsample/jobs/shards.h"

namespace qsample::cli {
namespace {

bool is_film(const std::string& file) {
  constexpr std::size_t kHead = 16;
  return file != "-" && is_regular_file(file) && is_film_file(read_head(file, kHead));
}

}  // namespace

std::optional<std::string> record_of_made(const std::string& file) {
  if (is_film(file)) return record_of_film(file, stop_flag());
  InputOptions reading;
  reading.decoding.max_pixels = std::numeric_limits<std::size_t>::max();
  reading.decoding.run.outputs = &outputs();
  MemoryBudget memory(std::nullopt);
  MemoryLease lease(&memory);
  return record_in(read_image_file(file, FileKinds::pipes_too, reading, lease), file_name(file));
}

std::string required_record_of(const std::string& file) {
  auto record = record_of_made(file);
  if (!record) throw Error(file_name(file) + ": carries no record of qsample");
  return std::move(*record);
}

bool is_shard_file(const std::string& file) {
  std::error_code unknown;
  return is_shard_name(file) && !std::filesystem::is_directory(file, unknown);
}

}  // namespace qsample::cli
