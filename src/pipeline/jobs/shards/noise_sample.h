// One sample, noised.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/destination.h"
#include "pipeline/jobs/batch/image_units.h"
#include "pipeline/jobs/saved/target_set.h"
#include "pipeline/jobs/shards/samples/sample.h"
#include "pipeline/memory_budget.h"
#include "pipeline/outputs/manifest.h"
#include "qsample/jobs/shards.h"

namespace qsample {

/// What is the same for all samples of a job.
struct ShardWork {
  const ShardJob& job;
  const ForwardProcess& process;
  const ImageUnits& units;
  const TargetSet& targets;
  const Destination& form;  ///< of images: all but the path
  MemoryBudget& budget;
  RunOptions run;  ///< of one image
};

/// A target that has a member of its own.
struct SavedMember {
  std::size_t number;    ///< of the targets
  std::string name;      ///< of the member
  std::string scalings;  ///< of that of EDM's scalings, or empty
};

/// A member of a sample, and what it becomes.
struct MemberPlan {
  const SampleMember* member;
  std::string output;                   ///< its name
  std::string record = {};              ///< of an image, where there is to be one
  std::vector<SavedMember> saved = {};  ///< likewise, behind it
};

/// What a unit of a sample becomes, in order; the sample outlives it. Throws Error where two
/// members would be one.
[[nodiscard]] std::vector<MemberPlan> plan_of(const ShardWork& work, const Sample& sample,
                                              std::size_t unit);

/// Reads what is still to be read of a sample. Throws Error.
void read_members(const ShardWork& work, Sample& sample);

/// "a.tar: cat.png", or the path of a file.
[[nodiscard]] std::string place_of(const Sample& sample, const SampleMember& member);

/// The seed of an image's noise.
[[nodiscard]] std::uint64_t seed_of(const ShardWork& work, const SampleMember& image);

/// The record of an image, without what only the making shows.
[[nodiscard]] std::string record_of(const ShardWork& work, const SampleMember& image,
                                    std::size_t unit);

/// The text of EDM's scalings beside a target of an image.
[[nodiscard]] std::string scalings_of(const ShardWork& work, const SampleMember& image,
                                      std::size_t unit);

/// An image of a sample, for the manifest.
struct SampleImage {
  std::string input;   ///< path of its file, or "a.tar/cat.jpg"
  std::string output;  ///< name of its member
  Outcome outcome;
  std::vector<FileName> saved = {};  ///< keys and names of the members beside it
};

/// What the manifest says of a plan's image.
[[nodiscard]] SampleImage image_of(const ShardWork& work, const Sample& sample,
                                   const MemberPlan& plan, Outcome outcome);

/// What a unit of a sample has become.
struct NoisedSample {
  Outcome outcome = {};                    ///< of the whole: one failure is that of all
  std::vector<SampleMember> members = {};  ///< to be written
  std::vector<SampleImage> images = {};
  bool is_broken = false;  ///< as Sample has it
  std::size_t units = 1;   ///< that it stands for, where it failed
};

/// The units of a part of a sample, or what failed, for all of them. Whatever goes wrong is an
/// outcome.
[[nodiscard]] std::vector<NoisedSample> noise_sample(const ShardWork& work, Sample sample);

}  // namespace qsample
