#include "pipeline/jobs/pieces/noise_in_pieces.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/parallel.h"
#include "files/output_file.h"
#include "files/stream/file_at.h"
#include "image/image_io.h"
#include "pipeline/input.h"
#include "pipeline/jobs/pieces/cut.h"
#include "pipeline/jobs/saved/saved_targets.h"
#include "pipeline/memory_budget.h"
#include "pipeline/noise_image.h"
#include "pipeline/outputs/frame_file.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kRun = 8192;                     // samples noised at a time
constexpr std::size_t kHashed = std::size_t{1} << 22;  // bytes at a time

// An image of the samples of a piece, which has none yet.
Image image_for(const Piece& piece, const Image& whole) {
  Image image;
  image.width = static_cast<int>(piece.pixels);
  image.height = 1;
  image.channels = whole.channels;
  image.items = static_cast<int>(piece.items);
  image.annotations = whole.annotations;
  return image;
}

// The tensor's own samples.
Image read_piece(const FileAt& file, const LargeTensor& tensor, const Cut& cut,
                 const Piece& piece) {
  Image image = image_for(piece, tensor.image);
  const Layout layout = image.annotations.layout;
  const Element& element = tensor.stored.view.element;
  std::vector<std::byte> bytes(image.samples() * element.bytes);
  std::size_t used = 0;
  cut.for_each_run(piece, layout, [&](std::size_t place, std::size_t count) {
    const std::size_t size = count * element.bytes;
    file.read(tensor.stored.samples_at + place * element.bytes,
              std::span(bytes).subspan(used, size));
    used += size;
  });
  const auto channels = static_cast<std::size_t>(image.channels);
  TensorView view{element, {piece.items, channels, 1, piece.pixels}, false, bytes};
  if (layout == Layout::hwc) view.shape = {piece.items, 1, piece.pixels, channels};
  set_samples_of(image, view);
  return image;
}

// What is written of each piece: x_t or a target, to a place of a file.
struct Part {
  std::size_t file;
  const Target* target;  // null: x_t
  StoredTensor place;
  Layout layout;
  Dtype dtype;
};

// The file of one output while it is made.
struct OpenFile {
  std::unique_ptr<OutputFile> file;
  std::string record = {};
  std::unique_ptr<std::mutex> turn = std::make_unique<std::mutex>();
};

// One job.
class Work {
 public:
  Work(const LargeTensor& tensor, const FileAt& file, const NoiseJob& job,
       const NoiseOutputs& outputs, const ForwardProcess& process, const Source& source,
       const InputOptions& reading, const RunOptions& run, Outputs& written)
      : tensor_(tensor),
        file_(file),
        job_(job),
        outputs_(outputs),
        process_(process),
        source_(source),
        reading_(reading),
        run_(run),
        written_(written),
        cut_(tensor.image),
        noise_(process, job.seed, tensor.image, job.draw, !job.saved.empty()) {}

  // Returns the ends of x_0.
  Ends run() {
    open_files();
    run_.tell({"drawing noise"});
    parallel_for(cut_.count(), run_.workers, [&](std::size_t number) {
      try {
        do_piece(number);
      } catch (const Interrupted&) {
        throw;
      } catch (const Error&) {
        const std::scoped_lock lock(mutex_);
        if (!failure_ || number < failed_) failure_ = std::current_exception();
        failed_ = std::min(failed_.load(), number);
      }
    });
    if (failure_) std::rethrow_exception(failure_);
    throw_if(run_.stop);
    for (const std::string& sidecar : outputs_.sidecars) {
      write_sidecar(sidecar, text_of(edm_scalings(process_.schedule, job_.t, job_.sigma_data)),
                    job_.options, written_);
    }
    // x_t last: where it is, all is.
    for (std::size_t i = 1; i < files_.size(); ++i) commit(i);
    commit(0);
    return ends_;
  }

 private:
  [[nodiscard]] int depth_of(const Target* target) const {
    const Element& element = tensor_.stored.view.element;
    const bool doubles = element.kind == Element::Kind::floating && element.bytes == 8;
    if (target == nullptr) return outputs_.files.front().destination.depth(doubles ? 64 : 32);
    return doubles && process_.path == PathKind::shared ? 64 : 32;
  }

  // The whole of x_t or of a target, without its samples.
  [[nodiscard]] Image without_samples(const Target* target) const {
    Image image = tensor_.image;
    image.planes = Planes<float>();
    if (depth_of(target) == 64) image.planes = Planes<double>();
    return image;
  }

  void open_files() {
    for (const NoiseOutput& output : outputs_.files) {
      const Destination& to = output.destination;
      if (job_.make_folders) written_.make_folder(folder_of(to.path));
      files_.push_back({std::make_unique<OutputFile>(
          to.path, OutputRules{.overwrite = to.options.overwrite}, written_)});
      write_head(output);
    }
  }

  void write_head(const NoiseOutput& output) {
    const Destination& to = output.destination;
    std::vector<const Target*> targets;
    if (output.has_xt) targets.push_back(nullptr);
    for (const std::size_t i : output.saved) targets.push_back(job_.saved[i].target);
    const Image first = without_samples(targets.front());
    const Image others = without_samples(job_.saved.empty() ? nullptr : job_.saved[0].target);
    EncodeOptions encoding{.extension = to.extension,
                           .layout = to.options.layout,
                           .dtype = to.options.dtype,
                           .name = to.options.tensor};
    const auto record =
        with_findings(record_of(job_, output, process_, source_), findings_of({first, 0}));
    if (to.carries_record()) encoding.record = record;
    files_.back().record = record;
    std::vector<std::string> names = {encoding.name};
    for (std::size_t i = 1; i < targets.size(); ++i) {
      names.emplace_back(targets[i]->name);
      encoding.others.emplace_back(names.back(), &others);
    }
    const auto head = to.codec->tensors->head(first, encoding);
    files_.back().file->write_at(0, head);
    const Layout layout = encoding.layout.value_or(first.annotations.layout);
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const DecodeOptions decoding{.max_pixels = reading_.decoding.max_pixels,
                                   .tensor = to.codec->holds_many ? names[i] : "",
                                   .layout = layout};
      StoredTensor place = to.codec->tensors->locate(head, decoding);
      const Dtype dtype = image_without_samples(place.view, decoding).annotations.dtype;
      parts_.push_back({files_.size() - 1, targets[i], std::move(place), layout, dtype});
    }
  }

  void commit(std::size_t file) {
    files_[file].file->commit();
    if (!run_.on_result) return;
    run_.on_result({Result::Status::written,
                    job_.input,
                    outputs_.files[file].destination.path,
                    {},
                    files_[file].record});
  }

  void do_piece(std::size_t number) {
    throw_if(run_.stop);
    if (number > failed_) return;
    const Piece piece = cut_.piece(number);
    const std::string name = file_name(job_.input);
    Image clean = read_piece(file_, tensor_, cut_, piece);
    try {
      check_finite(clean, tensor_.image, cut_.first_sample(piece));
    } catch (const Error& e) {
      throw Error(fmt::format("{}: {} image: {}", name, tensor_.format, e.what()));
    }
    const Ends ends = make_x(clean, reading_, name);
    for (const Part& part : parts_) write_part(part, piece, noised(part.target, piece, clean));
    {
      const std::scoped_lock lock(mutex_);
      ends_.least = std::min(ends_.least, ends.least);
      ends_.greatest = std::max(ends_.greatest, ends.greatest);
    }
    const std::size_t row =
        tensor_.image.samples() / static_cast<std::size_t>(tensor_.image.height);
    const std::size_t done = done_ += clean.samples();
    run_.tell({"rows noised", done / row, tensor_.image.samples() / row});
  }

  [[nodiscard]] Image noised(const Target* target, const Piece& piece, const Image& clean) const {
    const NoisePath& path = target == nullptr ? noise_.path() : noise_.path(target->part);
    Image frame = frame_for(clean, depth_of(target));
    const std::array ts = {job_.t};
    const std::size_t first = cut_.first_sample(piece);
    if (takes_doubles(clean, path)) {
      const Mix mix = target == nullptr ? path.schedule().mix(job_.t)
                                        : target_mix(*target, path, job_.t, job_.sigma_data);
      set_doubles(frame, clean, mix, path, 0, clean.samples(), first);
      return frame;
    }
    for (std::size_t i = 0; i < clean.samples(); i += kRun) {
      const std::size_t count = std::min(kRun, clean.samples() - i);
      path.visit(ts, first + i, count, [&](int /*t*/, Mix mix, std::span<const float> eps) {
        if (target != nullptr) mix = target_mix(*target, path, job_.t, job_.sigma_data);
        set_samples(frame, clean, mix, eps, i, {});
      });
    }
    return frame;
  }

  void write_part(const Part& part, const Piece& piece, const Image& frame) {
    const std::size_t size = bytes_of(part.dtype);
    std::vector<std::byte> bytes;
    bytes.reserve(frame.samples() * size);
    write_samples(frame, part.layout, part.dtype,
                  [&](Bytes more) { bytes.insert(bytes.end(), more.begin(), more.end()); });
    const OpenFile& to = files_[part.file];
    const std::scoped_lock turn(*to.turn);
    std::size_t used = 0;
    cut_.for_each_run(piece, part.layout, [&](std::size_t place, std::size_t count) {
      to.file->write_at(part.place.samples_at + place * size,
                        std::span(bytes).subspan(used, count * size));
      used += count * size;
    });
  }

  const LargeTensor& tensor_;
  const FileAt& file_;
  const NoiseJob& job_;
  const NoiseOutputs& outputs_;
  const ForwardProcess& process_;
  const Source& source_;
  const InputOptions& reading_;
  const RunOptions& run_;
  Outputs& written_;
  Cut cut_;
  ImageNoise noise_;
  std::vector<OpenFile> files_;
  std::vector<Part> parts_;
  std::atomic<std::size_t> done_{0};
  std::atomic<std::size_t> failed_{static_cast<std::size_t>(-1)};  // the first piece that did
  std::mutex mutex_;                                               // of what follows
  std::exception_ptr failure_;
  Ends ends_;
};

bool is_file_of_tensors(const NoiseOutput& output) {
  const std::string& path = output.destination.path;
  std::error_code unknown;
  return output.is_written() && path != "-" && output.destination.codec->tensors != nullptr &&
         (!fs::exists(path, unknown) || fs::is_regular_file(path, unknown));
}

bool goes_by_pieces(const NoiseJob& job, const NoiseOutputs& outputs) {
  return !job.show && !job.options.view && !job.options.resume &&
         std::all_of(outputs.files.begin(), outputs.files.end(), is_file_of_tensors);
}

std::uint64_t hash_of_file(const FileAt& file, Stop stop) {
  std::vector<std::byte> bytes(kHashed);
  std::size_t place = 0;
  return hash_of_pieces([&]() -> Bytes {
    throw_if(stop);
    const auto piece = std::span(bytes).first(std::min(kHashed, file.size() - place));
    file.read(place, piece);
    place += piece.size();
    return piece;
  });
}

bool carries_record(const NoiseOutputs& outputs) {
  return std::any_of(outputs.files.begin(), outputs.files.end(),
                     [](const NoiseOutput& output) { return output.destination.carries_record(); });
}

// What the pieces in work take, and the noise where it is drawn at once.
std::size_t memory(const LargeTensor& tensor, const NoiseJob& job, const ForwardProcess& process,
                   const RunOptions& run) {
  constexpr std::size_t kCopies = 5;  // in the file, read, as x, noised, to be written
  const Footprint all{.samples = tensor.image.samples(), .depth = 32};
  const std::size_t piece = Cut(tensor.image).samples() * kCopies * sizeof(double);
  return image_noise_memory(process, all, !job.saved.empty()) +
         piece * static_cast<std::size_t>(std::max(1, run.workers));
}

}  // namespace

std::optional<LargeTensor> large_tensor(std::span<const NoiseJob> jobs,
                                        std::span<const NoiseOutputs> outputs,
                                        const ForwardProcess& process) {
  const NoiseJob& job = jobs.front();
  DecodeOptions decoding = job.reading.decoding;
  decoding.layout = job.options.layout;
  std::error_code unknown;
  if (job.input == "-" || !fs::is_regular_file(job.input, unknown) || job.reading.preparation ||
      decoding.allow_damaged || process.additions.offset_adaptive != 0 ||
      !process.corruption.is_gaussian()) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (!goes_by_pieces(jobs[i], outputs[i])) return std::nullopt;
  }
  const FileAt file(job.input);
  if (file.size() <= decoding.most_at_once) return std::nullopt;
  std::vector<std::byte> head(std::min(file.size(), kMostHeader));
  file.read(0, head);
  const auto* const format = std::find_if(std::begin(kFormats), std::end(kFormats),
                                          [&](const Codec* codec) { return codec->sniff(head); });
  if (format == std::end(kFormats) || (*format)->tensors == nullptr) return std::nullopt;
  try {
    LargeTensor tensor{(*format)->name, (*format)->tensors->locate(head, decoding), {}};
    if (file.size() < tensor.stored.file_size) throw Error("it is truncated");
    if (file.size() > tensor.stored.file_size) (void)tolerated(kTrailing, decoding);
    tensor.image = image_without_samples(tensor.stored.view, decoding);
    if (tensor.stored.view.fortran) return std::nullopt;
    return tensor;
  } catch (const Error& e) {
    throw Error(fmt::format("{}: {} image: {}", job.input, (*format)->name, e.what()));
  }
}

void noise_in_pieces(const LargeTensor& tensor, std::span<const NoiseJob> jobs,
                     std::span<const NoiseOutputs> outputs, const ForwardProcess& process,
                     const RunOptions& run, Outputs& written) {
  const NoiseJob& first = jobs.front();
  InputOptions reading = first.reading;
  reading.decoding.run = run;
  MemoryBudget budget(reading.max_memory);
  MemoryLease lease(&budget);
  lease.hold(memory(tensor, first, process, run));
  run.tell({"reading"});
  const FileAt file(first.input);
  const bool is_told = run.on_result || std::any_of(outputs.begin(), outputs.end(), carries_record);
  const Source source = source_of(is_told ? hash_of_file(file, run.stop) : 0, first.input, reading);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    Work work(tensor, file, jobs[i], outputs[i], process, source, reading, run, written);
    const Ends ends = work.run();
    if (i == 0) warn_of_doubt(ends, reading, file_name(first.input));
  }
  written.sync();
}

}  // namespace qsample
