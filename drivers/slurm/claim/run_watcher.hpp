#pragma once

#include <sys/types.h>

#include "drivers/runs/run_directory.hpp"
#include "storage/descriptor.hpp"

namespace orrery {

/// A pipe between a process and its child.
struct RunPipe {
  Descriptor reading;
  Descriptor writing;

  /// False: see `errno`.
  bool open();
  /// Waits for a byte; false where nobody is left who could write one.
  bool await_word() const;
};

/// A child of the guard that waits for the guard's end, and does nothing else. Where the guard is
/// killed, it kills what is left of the run and writes its exit record.
class RunWatcher {
 public:
  /// Before anything else. False: see `errno`.
  bool open() { return guard_lives_.open(); }
  /// Nothing where it is there already. It isn't where there can't be another process now.
  void start(const RunDirectory& run, const ProcessIdentity& supervisor);
  /// 0: there is none.
  pid_t pid() const { return pid_; }
  /// A child has ended, and has been waited for.
  void note_end(pid_t pid);
  /// The run is over. Returns when the watcher is gone.
  void dismiss();

 private:
  [[noreturn]] void watch(const RunDirectory& run, const ProcessIdentity& supervisor);

  RunPipe guard_lives_;
  pid_t pid_ = 0;
};

}  // namespace orrery
