#pragma once

#include <cstdint>
#include <string>

#include <boost/system/result.hpp>

#include "drivers/local_process/run_records.hpp"
#include "storage/descriptor.hpp"

namespace orrery {

/// The command of a run, from the fork on, as its supervisor has it. It doesn't begin before
/// `begin`: until then nothing of the recipe's has happened.
class SupervisedProcess {
 public:
  /// Forks. The calling process has one thread. Null-like on failure, with `errno` in the result.
  static boost::system::result<SupervisedProcess> fork(const LaunchPlan& plan);

  const ProcessIdentity& leader() const { return leader_; }
  /// What it writes; they don't block.
  Descriptor& out() { return out_; }
  Descriptor& err() { return err_; }

  /// Lets the command begin. The answer is 0, or the system's error where there is no such command
  /// to be run; then the process ends.
  int begin();

 private:
  ProcessIdentity leader_;
  Descriptor out_;
  Descriptor err_;
  Descriptor start_;
  Descriptor failure_;
};

}  // namespace orrery
