#include "cli/commands/made/remake.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <utility>

#include "cli/commands/description.h"
#include "cli/commands/noise.h"
#include "files/read_file.h"
#include "image/difference.h"
#include "image/image_io.h"
#include "pipeline/destination.h"
#include "pipeline/input.h"
#include "pipeline/jobs/saved/saved_targets.h"
#include "pipeline/memory_budget.h"
#include "pipeline/record/record.h"

namespace qsample::cli {
namespace {

namespace fs = std::filesystem;

bool has_table(const Record& record) {
  return record.spec.name == "betas" || record.spec.name == "table";
}

// Bytes of an image that is read to be decoded, with the memory that it takes held.
std::vector<std::byte> read_held(const std::string& path, MemoryLease& lease) {
  InputOptions reading;
  reading.decoding.max_pixels = std::numeric_limits<std::size_t>::max();
  return read_image_file(path, FileKinds::regular, reading, lease);
}

Image decoded(Bytes bytes, const std::string& name, const std::string& tensor = {}) {
  DecodeOptions options;
  options.max_pixels = std::numeric_limits<std::size_t>::max();
  options.tensor = tensor;
  return decode_image(bytes, name, options);
}

// An image as it is once it was written, and read again: a lossy format and a dtype round it.
Image written_and_read(const Image& image, const OutputOptions& options) {
  const std::string extension = default_extension(options);
  const Codec& codec = *codec_for_extension(extension);
  if (!codec.lossy && codec.dtypes.empty()) return image;
  std::vector<std::byte> bytes;
  encode_image(image, {.extension = extension, .layout = options.layout, .dtype = options.dtype},
               "it", [&](Bytes piece) { bytes.insert(bytes.end(), piece.begin(), piece.end()); });
  return decoded(bytes, "it");
}

Record record_of_one(const Made& made) {
  Record record = read_record(made.record);
  if (!made.member || made.member->target == nullptr) return record;
  // It stands beside the x_t of the record, and is alone in its member.
  record.saved = {std::string(made.member->target->name)};
  record.options = options_of_target(record.options, *made.member->target);
  record.options.format = lower_extension(made.member->name).substr(1);
  if (made.member->sigma_data) record.sigma_data = *made.member->sigma_data;
  return record;
}

// What makes the file again; what it has to say goes to the console, which must outlive it.
NoiseWork work_for(Record record, const Made& made, Sources& sources, Console& console) {
  if (record.film.is_film()) throw Unknown("it is a film");
  const FoundSource source = made.source ? *made.source : sources.find(record.source, made.file);
  record.source.name = fs::path(source.path).filename().string();
  record.source.folder = fs::path(source.path).parent_path().string();
  if (has_table(record)) {
    record.schedule_file = sources.schedule(record.schedule_file, made.file);
  }
  auto words = command_words(record);
  NoiseWork work = noise_work({words.begin() + 2, words.end()}, console);
  NoiseJob& job = work.jobs.front();
  if (source.bytes) job.bytes = *source.bytes;
  job.output.clear();
  for (Saved& saved : job.saved) saved.path.clear();
  return work;
}

}  // namespace

std::string difference_of(const Made& made, Sources& sources, const RunOptions& run) {
  const Record record = record_of_one(made);
  // Not even its own equal: seeds that were numbers.
  if (!same_making(made.record, made.record)) {
    throw Unknown("an older version made it, otherwise than this one");
  }
  Console silent;
  silent.quiet = true;
  NoiseWork work = work_for(record, made, sources, silent);
  if (has_table(record) && table_hash(work.process.spec) != record.table) {
    throw Unknown(work.process.schedule_file + " is not the schedule that it was made with");
  }
  MemoryBudget budget(std::nullopt);
  MemoryLease lease(&budget);
  const std::vector<std::byte> read =
      made.member ? std::vector<std::byte>() : read_held(made.file, lease);
  const Bytes bytes = made.member ? Bytes(made.member->bytes) : Bytes(read);
  std::string how;
  const auto compare = [&](std::string_view name, const Image& image) {
    const auto& saved = record.saved;
    const bool is_held = saved.empty() ? name == kNoisedName
                                       : std::find(saved.begin(), saved.end(), name) != saved.end();
    if (!is_held || !how.empty()) return;
    const bool is_one = saved.size() < 2;
    const Image found = decoded(bytes, made.name, is_one ? "" : std::string(name));
    how = difference(found, written_and_read(image, record.options));
    if (!how.empty() && !is_one) how = std::string(name) + ": " + how;
  };
  NoiseJob& job = work.jobs.front();
  job.show = [&](const Image& xt) { compare(kNoisedName, xt); };
  job.show_saved = [&](const Target& target, const Image& image) { compare(target.name, image); };
  // Nothing is written, and others are made again at the same time.
  RunOptions alone = run;
  alone.outputs = nullptr;
  noise_file(job, work.process, alone);
  return how;
}

}  // namespace qsample::cli
