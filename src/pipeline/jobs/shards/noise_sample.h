// One sample, noised.
#pragma once

#include <string>
#include <vector>

#include "pipeline/destination.h"
#include "pipeline/jobs/shards/sample.h"
#include "pipeline/memory_budget.h"
#include "pipeline/outputs/manifest.h"
#include "qsample/jobs/shards.h"
#include "qsample/sampling/timestep_law.h"

namespace qsample {

/// What is the same for all samples of a job.
struct ShardWork {
  const ShardJob& job;
  const ForwardProcess& process;
  const RandomTimesteps& random;
  const Destination& form;  ///< of images: all but the path
  MemoryBudget& budget;
  RunOptions run;  ///< of one image
};

/// A member of a sample, and what it becomes.
struct MemberPlan {
  const SampleMember* member;
  std::string output;  ///< its name
  std::string record;  ///< name of the record of an image, where there is to be one
};

/// What a sample becomes, in order; the sample outlives it. Throws Error where two members would be
/// one.
[[nodiscard]] std::vector<MemberPlan> plan_of(const ShardWork& work, const Sample& sample);

/// Reads what is still to be read of a sample. Throws Error.
void read_members(const ShardWork& work, Sample& sample);

/// "a.tar: cat.png", or the path of a file.
[[nodiscard]] std::string place_of(const Sample& sample, const SampleMember& member);

/// "a.tar/cat.png", or the path of a file, for the manifest.
[[nodiscard]] std::string input_of(const Sample& sample, const SampleMember& member);

/// The record of an image, without what only the making shows.
[[nodiscard]] std::string record_of(const ShardWork& work, const SampleMember& image);

/// An image of a sample, for the manifest.
struct SampleImage {
  std::string input;   ///< path of its file, or "a.tar/cat.jpg"
  std::string output;  ///< name of its member
  Outcome outcome;
};

struct NoisedSample {
  Outcome outcome = {};                    ///< of the whole: one failure is that of all
  std::vector<SampleMember> members = {};  ///< to be written
  std::vector<SampleImage> images = {};
  bool is_broken = false;  ///< as Sample has it
};

/// Whatever goes wrong is an outcome.
[[nodiscard]] NoisedSample noise_sample(const ShardWork& work, Sample sample);

}  // namespace qsample
