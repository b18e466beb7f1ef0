#include "pipeline/jobs/shards/noise_sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <new>
#include <optional>
#include <set>
#include <utility>

#include "files/read_file.h"
#include "pipeline/input.h"
#include "pipeline/outputs/frame_file.h"
#include "pipeline/processes/image_frames.h"
#include "pipeline/view.h"
#include "qsample/error.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

std::string with_ending(const std::string& name, const std::string& ending, bool keep) {
  fs::path path(name);
  if (keep) {
    path += ending;
  } else {
    path.replace_extension(ending);
  }
  return path.string();
}

ImageUnit unit_of(const ShardWork& work, const SampleMember& image, std::size_t unit) {
  return work.units.at(seed_of(work, image), unit);
}

InputOptions reading_of(const ShardWork& work, const SampleMember& image) {
  InputOptions reading = work.job.images.reading;
  reading.decoding.run = work.run;
  reading.decoding.layout = work.job.images.options.layout;
  reading.preparation.seed = seed_of(work, image);
  return reading;
}

// What stands beside an image; an empty caption is one, too.
std::vector<std::byte> read_label(const std::string& path) {
  std::error_code unknown;
  if (fs::file_size(path, unknown) == 0 && !unknown) return {};
  return read_file(path, {.kinds = FileKinds::regular});
}

// How an image's x_t is made.
Making making_of(const ShardWork& work, const SampleMember& image, const Source& source,
                 std::size_t number) {
  const ImageUnit unit = unit_of(work, image, number);
  Making making{work.process, seed_of(work, image), unit.draw, unit.t, source};
  work.targets.add_inside(making);
  return making;
}

SampleMember encoded(std::string name, const Sample& sample, const Frame& frame,
                     const Destination& form, const std::string& record,
                     const std::vector<NamedImage>& others, const RunOptions& run) {
  SampleMember member{.name = std::move(name)};
  auto& bytes = member.bytes;
  const std::string place = sample.shard.empty() ? member.name : sample.shard + ": " + member.name;
  encode_frame(frame, form.at(place), record, others, run,
               [&](Bytes piece) { bytes.insert(bytes.end(), piece.begin(), piece.end()); });
  return member;
}

SampleMember text_member(std::string name, const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {std::move(name), {bytes.begin(), bytes.end()}};
}

// An image of a sample, for several units.
class ImageWork {
 public:
  /// `held`: bytes that the sample's other images have become.
  ImageWork(const ShardWork& work, const Sample& sample, const SampleMember& member,
            MemoryLease& lease, std::size_t held)
      : work_(work), sample_(sample), member_(member) {
    const std::string place = place_of(sample, member);
    if (member.bytes.empty()) throw Error(place + ": is empty");
    const InputOptions reading = reading_of(work, member);
    source_ = source_of(member.bytes, member.name, reading);
    clean_ = decode_input(member.bytes, place, reading, lease,
                          [&](const Footprint& image) { return memory(image) + held; });
    check_samples(work.process, clean_, place);
    depth_ = work.form.depth(clean_.file_depth());
    lease.hold_more(view_memory(clean_, depth_, work.job.images.options.view));
  }

  /// Adds what becomes of it; the last may take the image itself.
  void add(const MemberPlan& plan, std::size_t number, bool is_last, NoisedSample& noised) {
    const OutputOptions& options = work_.job.images.options;
    const Making making = making_of(work_, member_, source_, number);
    const ImageNoise noise(work_.process, making.seed, clean_, making.draw, work_.targets.any());
    const auto targets = work_.targets.frames(clean_, noise, making.t);
    const Range range = options.range.at(work_.process.schedule, making.t);
    const Frame frame = viewed(
        frame_at(noise, is_last ? std::move(clean_) : clean_, making.t, depth_, range, work_.run),
        options.view);
    const std::string made = record_of(making, options, work_.form.format());
    noised.members.push_back(encoded(plan.output, sample_, frame, work_.form, made,
                                     work_.targets.inside(targets), work_.run));
    const std::string record = with_findings(made, findings_of(frame));
    if (!plan.record.empty()) noised.members.push_back(text_member(plan.record, record));
    for (const SavedMember& saved : plan.saved) {
      noised.members.push_back(
          encoded(saved.name, sample_, targets[saved.number], *work_.targets.form(saved.number),
                  work_.targets.own_record(saved.number, making), {}, work_.run));
      if (saved.scalings.empty()) continue;
      noised.members.push_back(text_member(saved.scalings, work_.targets.scalings(making.t)));
    }
    noised.images.push_back(image_of(work_, sample_, plan, {Outcome::Status::written, {}, record}));
  }

 private:
  // Of what is made of an image, all of it.
  [[nodiscard]] std::size_t memory(const Footprint& image) const {
    Footprint frame = image;
    frame.depth = work_.form.depth(image.depth);
    Footprint floats = image;
    floats.depth = std::max(32, image.depth);
    const std::size_t made = frame.bytes() + work_.job.images.saved.size() * floats.bytes();
    return image_noise_memory(work_.process, image, work_.targets.any()) + image.bytes() +
           work_.form.memory(image) + work_.targets.memory(image) + sample_.units * made;
  }

  const ShardWork& work_;
  const Sample& sample_;
  const SampleMember& member_;
  Source source_;
  Image clean_;
  int depth_ = 0;
};

std::size_t size_of(const NoisedSample& noised) {
  std::size_t size = 0;
  for (const SampleMember& member : noised.members) size += member.bytes.size();
  return size;
}

std::vector<NoisedSample> noise_members(const ShardWork& work, const Sample& sample,
                                        MemoryLease& lease) {
  std::vector<std::vector<MemberPlan>> plans;
  for (std::size_t i = 0; i < sample.units; ++i) {
    plans.push_back(plan_of(work, sample, sample.first_unit + i));
  }
  std::vector<NoisedSample> noised(sample.units, {.outcome = {Outcome::Status::written}});
  for (std::size_t at = 0; at < plans.front().size(); ++at) {
    const SampleMember& member = *plans.front()[at].member;
    std::optional<ImageWork> image;
    if (member.is_image) {
      std::size_t held = 0;
      for (const NoisedSample& other : noised) held += size_of(other);
      image.emplace(work, sample, member, lease, held);
    }
    for (std::size_t i = 0; i < sample.units; ++i) {
      throw_if(work.run.stop);
      if (image) {
        image->add(plans[i][at], sample.first_unit + i, i + 1 == sample.units, noised[i]);
      } else {
        noised[i].members.push_back({plans[i][at].output, member.bytes});
      }
    }
  }
  return noised;
}

// "a.tar/cat.png", or the path of a file, for the manifest.
std::string input_of(const Sample& sample, const SampleMember& member) {
  if (sample.shard.empty()) return member.path;
  return member.name.empty() ? sample.shard : sample.shard + "/" + member.name;
}

// A sample that is left out, with an image for the manifest.
std::vector<NoisedSample> failed(const Sample& sample, const std::string& error) {
  const Outcome outcome{Outcome::Status::failed, error};
  const SampleMember whole{.name = sample.key};
  const SampleMember& told = sample.image() == nullptr ? whole : *sample.image();
  return {{.outcome = outcome,
           .images = {{.input = input_of(sample, told), .output = {}, .outcome = outcome}},
           .is_broken = sample.is_broken,
           .units = sample.units}};
}

// The key of a unit, and a member's name under it.
std::string key_of_unit(const ShardWork& work, const Sample& sample, std::size_t unit) {
  const SampleMember* image = sample.image();
  if (image == nullptr) return sample.key;
  const std::uint64_t seed = seed_of(work, *image);
  return work.units.name(sample.key, work.units.at(seed, unit), seed);
}

MemberPlan plan_of_image(const ShardWork& work, const SampleMember& member,
                         const std::string& name) {
  const BatchJob& job = work.job.images;
  MemberPlan plan{&member, with_ending(name, work.form.extension, job.keep_ending)};
  if (job.options.metadata) plan.record = with_ending(plan.output, kRecordEnding, false);
  for (std::size_t i = 0; i < job.saved.size(); ++i) {
    const SavedBeside& saved = job.saved[i];
    if (saved.is_inside()) continue;
    const std::string kind = fmt::format(".{}", saved.target->name);
    plan.saved.push_back(
        {i, with_ending(plan.output, kind + saved.extension, false),
         saved.target->has_scalings ? with_ending(plan.output, kind + ".json", false) : ""});
  }
  return plan;
}

// Throws where two members would be one.
void check_names(const ShardWork& work, const Sample& sample,
                 const std::vector<MemberPlan>& plans) {
  std::set<std::string> names;
  for (const MemberPlan& plan : plans) {
    const auto add = [&](const std::string& name) {
      if (name.empty() || names.insert(name).second) return;
      throw Error(
          fmt::format("{}: would be {}, which another member of its sample is{}",
                      place_of(sample, *plan.member), name,
                      work.job.images.keep_ending ? "" : "; `keep-ending` keeps them apart"));
    };
    add(plan.output);
    add(plan.record);
    for (const SavedMember& saved : plan.saved) {
      add(saved.name);
      add(saved.scalings);
    }
  }
}

}  // namespace

std::string place_of(const Sample& sample, const SampleMember& member) {
  return sample.shard.empty() ? member.path : sample.shard + ": " + member.name;
}

std::vector<MemberPlan> plan_of(const ShardWork& work, const Sample& sample, std::size_t unit) {
  const std::string key = key_of_unit(work, sample, unit);
  std::vector<MemberPlan> plans;
  std::set<std::string> records;
  for (const SampleMember& member : sample.members) {
    const std::string name = key + member.name.substr(sample.key.size());
    plans.push_back(member.is_image ? plan_of_image(work, member, name)
                                    : MemberPlan{&member, name});
    records.insert(plans.back().record);
  }
  // The record of an image that was noised before makes way for the new one.
  std::erase_if(plans, [&](const MemberPlan& plan) {
    return !plan.member->is_image && records.contains(plan.output);
  });
  check_names(work, sample, plans);
  return plans;
}

std::uint64_t seed_of(const ShardWork& work, const SampleMember& image) {
  return file_seed(image.name, work.job.images.seed);
}

std::string record_of(const ShardWork& work, const SampleMember& image, std::size_t unit) {
  const Source source = source_of(image.bytes, image.name, reading_of(work, image));
  return record_of(making_of(work, image, source, unit), work.job.images.options,
                   work.form.format());
}

std::string scalings_of(const ShardWork& work, const SampleMember& image, std::size_t unit) {
  return work.targets.scalings(unit_of(work, image, unit).t);
}

SampleImage image_of(const ShardWork& work, const Sample& sample, const MemberPlan& plan,
                     Outcome outcome) {
  SampleImage image{input_of(sample, *plan.member), plan.output, std::move(outcome)};
  for (const SavedMember& saved : plan.saved) {
    image.saved.emplace_back(file_name_key(work.job.images.saved[saved.number].target->name),
                             saved.name);
  }
  return image;
}

void read_members(const ShardWork& work, Sample& sample) {
  MemoryLease lease(&work.budget);
  with_memory(lease, work.run.stop, [&] {
    std::size_t held = 0;
    for (SampleMember& member : sample.members) {
      if (member.path.empty()) continue;
      if (member.is_image) {
        member.bytes =
            read_image_file(member.path, FileKinds::regular, reading_of(work, member), lease);
      } else {
        member.bytes = read_label(member.path);
      }
      held += member.bytes.size();
      lease.hold(held);
    }
  });
}

std::vector<NoisedSample> noise_sample(const ShardWork& work, Sample sample) {
  if (!sample.failure.empty()) return failed(sample, sample.failure);
  const std::string place =
      sample.members.empty() ? sample.shard : place_of(sample, sample.members.front());
  try {
    throw_if(work.run.stop);
    read_members(work, sample);
    MemoryLease lease(&work.budget);
    return with_memory(lease, work.run.stop, [&] { return noise_members(work, sample, lease); });
  } catch (const Interrupted&) {
    return {NoisedSample{}};
  } catch (const Error& e) {
    return failed(sample, e.what());
  } catch (const std::bad_alloc&) {
    return failed(sample, place + ": not enough memory");
  } catch (const std::exception& e) {
    return failed(sample, place + ": " + e.what());
  }
}

}  // namespace qsample
