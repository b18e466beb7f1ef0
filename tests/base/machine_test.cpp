#include <gtest/gtest.h>

#include <filesystem>

#include "base/machine/control_groups.h"
#include "base/machine/workers.h"
#include "temporary_folder.h"

namespace qsample {
namespace {

// The files by which a process learns of its groups.
class ControlGroupFiles : public ::testing::Test {
 protected:
  // What /proc/self/cgroup says.
  void name(const std::string& lines) { write_text(groups_.names, lines); }

  // A file below /sys/fs/cgroup.
  void write(const std::string& path, const std::string& text) {
    const std::filesystem::path file = std::filesystem::path(groups_.mount) / path;
    std::filesystem::create_directories(file.parent_path());
    write_text(file, text);
  }

  [[nodiscard]] std::size_t memory() const { return memory_of(groups_); }
  [[nodiscard]] std::size_t cores() const { return cores_of(groups_); }

  const TemporaryFolder folder_;
  const ControlGroups groups_{folder_ / "cgroup", folder_ / "sys"};
};

TEST_F(ControlGroupFiles, WithoutOneThereIsNoLimit) {
  EXPECT_EQ(memory(), kNoLimit);
  EXPECT_EQ(cores(), kNoLimit);
  name("no group\n0:\n0::/a/b\n");
  EXPECT_EQ(memory(), kNoLimit);
  EXPECT_EQ(cores(), kNoLimit);
}

TEST_F(ControlGroupFiles, MemoryIsTheLeastOfAllAbove) {
  name("0::/a/b\n");
  write("a/b/memory.max", "max\n");
  EXPECT_EQ(memory(), kNoLimit);
  write("a/memory.max", "5000\n");
  EXPECT_EQ(memory(), 5000U);
  write("a/b/memory.max", "3000\n");
  EXPECT_EQ(memory(), 3000U);
  name("0::/a\n");
  EXPECT_EQ(memory(), 5000U);
  // Within a container the group's own root is what is mounted, under a name from outside.
  write("memory.max", "7000\n");
  name("0::/docker/1234\n");
  EXPECT_EQ(memory(), 7000U);
  write("memory/job/memory.limit_in_bytes", "900\n");
  name("4:cpu,memory:/job\n0::/\n");
  EXPECT_EQ(memory(), 900U);
  name("4:cpu:/job\n0::/\n");
  EXPECT_EQ(memory(), 7000U);
}

TEST_F(ControlGroupFiles, QuotasOfVersion2AreRoundedUp) {
  name("0::/a/b\n");
  write("a/b/cpu.max", "max 100000\n");
  EXPECT_EQ(cores(), kNoLimit);
  write("a/cpu.max", "250000 100000\n");
  EXPECT_EQ(cores(), 3U);
  write("a/b/cpu.max", "200000 100000\n");
  EXPECT_EQ(cores(), 2U);
  write("cpu.max", "1000 100000\n");
  EXPECT_EQ(cores(), 1U);
  write("cpu.max", "0 100000\n");
  EXPECT_EQ(cores(), 1U);
  for (const char* odd : {"", "100000\n", "100000 0\n", "-1 100000\n", "x y\n"}) {
    write("cpu.max", odd);
    EXPECT_EQ(cores(), 2U) << odd;
  }
}

TEST_F(ControlGroupFiles, QuotasOfVersion1AreRoundedUp) {
  name("4:memory:/m\n3:cpuset:/\n2:cpu,cpuacct:/a/b\n0::/\n");
  write("cpu/a/b/cpu.cfs_quota_us", "-1\n");
  write("cpu/a/b/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cores(), kNoLimit);
  write("cpu/a/cpu.cfs_quota_us", "50001\n");
  write("cpu/a/cpu.cfs_period_us", "50000\n");
  EXPECT_EQ(cores(), 2U);
  write("cpu/a/b/cpu.cfs_quota_us", "20000\n");
  EXPECT_EQ(cores(), 1U);
  name("4:cpuset:/a/b\n");
  EXPECT_EQ(cores(), kNoLimit);
}

TEST_F(ControlGroupFiles, WorkersAreTheLeastOfCoresQuotaAndSlurm) {
  const auto workers = [&](const char* slurm) { return least_workers(8, groups_, slurm); };
  EXPECT_EQ(workers(nullptr).count, 8);
  EXPECT_EQ(workers(nullptr).reason, "the cores it may use");
  EXPECT_EQ(workers("8").reason, "the cores it may use");
  EXPECT_EQ(workers("64").count, 8);
  EXPECT_EQ(workers("3").count, 3);
  EXPECT_EQ(workers("3").reason, "SLURM_CPUS_PER_TASK");
  name("0::/\n");
  write("cpu.max", "350000 100000\n");
  EXPECT_EQ(workers("").count, 4);
  EXPECT_EQ(workers("").reason, "the quota of its control groups");
  EXPECT_EQ(workers("5").count, 4);
  EXPECT_EQ(workers("2").count, 2);
  EXPECT_EQ(workers("2").left_out, "");
  for (const char* odd : {"0", "-2", "+2", "2x", " 2", "two", "99999999999999999999"}) {
    EXPECT_EQ(workers(odd).count, 4) << odd;
    EXPECT_EQ(workers(odd).left_out, odd);
  }
  EXPECT_EQ(least_workers(0, {folder_ / "none", folder_ / "none"}, nullptr).count, 1);
}

}  // namespace
}  // namespace qsample
