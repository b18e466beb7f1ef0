#include "pipeline/jobs/shards/noise_sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <new>
#include <set>
#include <utility>

#include "files/read_file.h"
#include "pipeline/input.h"
#include "pipeline/jobs/saved_targets.h"
#include "pipeline/noise_image.h"
#include "pipeline/outputs/frame_file.h"
#include "pipeline/view.h"
#include "qsample/error.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRecordEnding = ".qsample.json";

std::string with_ending(const std::string& name, const std::string& ending, bool keep) {
  fs::path path(name);
  if (keep) {
    path += ending;
  } else {
    path.replace_extension(ending);
  }
  return path.string();
}

std::uint64_t seed_of(const ShardWork& work, const SampleMember& image) {
  return file_seed(image.name, work.job.images.seed);
}

int timestep_of(const ShardWork& work, std::uint64_t seed) {
  const TimestepChoice& choice = work.job.images.timesteps;
  return choice.is_random() ? work.random.draw(seed) : choice.ts.front();
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

// The frame of an image, at its timestep.
Frame frame_of(const ShardWork& work, const SampleMember& member, const std::string& place,
               MemoryLease& lease) {
  const BatchJob& job = work.job.images;
  const std::uint64_t seed = seed_of(work, member);
  const int t = timestep_of(work, seed);
  const InputOptions reading = reading_of(work, member);
  Image clean = decode_input(member.bytes, place, reading, lease, [&](const Footprint& image) {
    return noise_memory(work.process, image) + work.form.memory(image);
  });
  const ImageNoise noise(work.process, seed, clean, 0, false);
  const int depth = work.form.depth(clean.file_depth());
  lease.hold_more(view_memory(clean, depth, job.options.view));
  const Range range = job.options.range.at(work.process.schedule, t);
  return viewed(noise_image(std::move(clean), noise.path(), t, depth, range, work.run),
                job.options.view);
}

// Adds the noised image, and its record.
void add_noised(const ShardWork& work, const Sample& sample, const MemberPlan& plan,
                MemoryLease& lease, NoisedSample& noised) {
  const std::string place = place_of(sample, *plan.member);
  if (plan.member->bytes.empty()) throw Error(place + ": is empty");
  const std::string made = record_of(work, *plan.member);
  const Frame frame = frame_of(work, *plan.member, place, lease);
  SampleMember image{.name = plan.output};
  encode_frame(
      frame, work.form.at(sample.shard + ": " + plan.output), made, {}, work.run,
      [&](Bytes piece) { image.bytes.insert(image.bytes.end(), piece.begin(), piece.end()); });
  noised.members.push_back(std::move(image));
  const std::string record = with_findings(made, findings_of(frame));
  if (!plan.record.empty()) {
    const auto text = std::as_bytes(std::span(record));
    noised.members.push_back({plan.record, {text.begin(), text.end()}});
  }
  noised.images.back().outcome.record = record;
}

NoisedSample noise_members(const ShardWork& work, const Sample& sample, MemoryLease& lease) {
  NoisedSample noised{.outcome = {Outcome::Status::written}};
  for (const MemberPlan& plan : plan_of(work, sample)) {
    throw_if(work.run.stop);
    if (plan.member->is_image) {
      noised.images.push_back({.input = input_of(sample, *plan.member),
                               .output = plan.output,
                               .outcome = {Outcome::Status::written}});
      add_noised(work, sample, plan, lease, noised);
    } else {
      noised.members.push_back({plan.output, plan.member->bytes});
    }
  }
  return noised;
}

// A sample that is left out, with an image for the manifest.
NoisedSample failed(const Sample& sample, const std::string& error) {
  const Outcome outcome{Outcome::Status::failed, error};
  NoisedSample noised{.outcome = outcome, .is_broken = sample.is_broken};
  const auto image = std::find_if(sample.members.begin(), sample.members.end(),
                                  [](const SampleMember& member) { return member.is_image; });
  const SampleMember whole{.name = sample.key};
  const SampleMember& told = image == sample.members.end() ? whole : *image;
  noised.images.push_back({.input = input_of(sample, told), .output = {}, .outcome = outcome});
  return noised;
}

}  // namespace

std::string place_of(const Sample& sample, const SampleMember& member) {
  return sample.shard.empty() ? member.path : sample.shard + ": " + member.name;
}

std::string input_of(const Sample& sample, const SampleMember& member) {
  if (sample.shard.empty()) return member.path;
  return member.name.empty() ? sample.shard : sample.shard + "/" + member.name;
}

std::vector<MemberPlan> plan_of(const ShardWork& work, const Sample& sample) {
  const BatchJob& job = work.job.images;
  std::vector<MemberPlan> plans;
  std::set<std::string> records;
  for (const SampleMember& member : sample.members) {
    MemberPlan plan{&member, member.name, {}};
    if (member.is_image) {
      plan.output = with_ending(member.name, work.form.extension, job.keep_ending);
      if (job.options.metadata) plan.record = with_ending(plan.output, kRecordEnding, false);
      records.insert(plan.record);
    }
    plans.push_back(std::move(plan));
  }
  // The record of an image that was noised before makes way for the new one.
  std::erase_if(plans, [&](const MemberPlan& plan) {
    return !plan.member->is_image && records.contains(plan.output);
  });
  std::set<std::string> names;
  for (const MemberPlan& plan : plans) {
    for (const std::string& name : {plan.output, plan.record}) {
      if (name.empty() || names.insert(name).second) continue;
      throw Error(fmt::format("{}: would be {}, which another member of its sample is{}",
                              place_of(sample, *plan.member), name,
                              job.keep_ending ? "" : "; `keep-ending` keeps them apart"));
    }
  }
  return plans;
}

std::string record_of(const ShardWork& work, const SampleMember& image) {
  const std::uint64_t seed = seed_of(work, image);
  const Source source = source_of(image.bytes, image.name, reading_of(work, image));
  return record_of({work.process, seed, 0, timestep_of(work, seed), source},
                   work.job.images.options, work.form.format());
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

NoisedSample noise_sample(const ShardWork& work, Sample sample) {
  if (!sample.failure.empty()) return failed(sample, sample.failure);
  const std::string place =
      sample.members.empty() ? sample.shard : place_of(sample, sample.members.front());
  try {
    throw_if(work.run.stop);
    read_members(work, sample);
    MemoryLease lease(&work.budget);
    return with_memory(lease, work.run.stop, [&] { return noise_members(work, sample, lease); });
  } catch (const Interrupted&) {
    return {};
  } catch (const Error& e) {
    return failed(sample, e.what());
  } catch (const std::bad_alloc&) {
    return failed(sample, place + ": not enough memory");
  } catch (const std::exception& e) {
    return failed(sample, place + ": " + e.what());
  }
}

}  // namespace qsample
