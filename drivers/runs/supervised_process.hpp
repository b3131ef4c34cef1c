#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

#include "drivers/runs/run_records.hpp"
#include "storage/descriptor.hpp"

namespace orrery {

/// Where a job reads and writes: files in its person's folder. None of them of a service.
struct JobFiles {
  Descriptor in;
  Descriptor out;
  Descriptor err;

  /// Opens them; null-like with `errno` where one can't be.
  static boost::system::result<JobFiles> open(const LaunchPlan& plan);
};

/// The command of a run, from the fork on, as its supervisor has it. It doesn't begin before
/// `begin`: until then nothing of the recipe's has happened.
class SupervisedProcess {
 public:
  /// Forks. The calling process has one thread. Null-like on failure, with `errno` in the result.
  static boost::system::result<SupervisedProcess> fork(const LaunchPlan& plan, JobFiles files);

  const ProcessIdentity& leader() const { return leader_; }
  /// What it writes; they don't block. None of a job's, which writes into files of its own.
  Descriptor& out() { return out_; }
  Descriptor& err() { return err_; }
  /// Adds a line to a job's error file.
  void note(std::string_view line) const;

  /// Lets the command begin. The answer is 0, or the system's error where there is no such command
  /// to be run; then the process ends.
  int begin();

 private:
  ProcessIdentity leader_;
  Descriptor out_;
  Descriptor err_;
  Descriptor error_file_;
  Descriptor start_;
  Descriptor failure_;
};

}  // namespace orrery
