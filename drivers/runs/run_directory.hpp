#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "drivers/runs/run_records.hpp"
#include "storage/descriptor.hpp"

namespace orrery {

/// What the driver and the supervisor of one start share: a directory of small files, each written
/// whole or not at all, and a lock that the supervisor holds for as long as it lives. Both read
/// from it, after any crash, what the other has done.
class RunDirectory {
 public:
  explicit RunDirectory(std::filesystem::path path) : path_(std::move(path)) {}

  /// "<service id>.<fence>" below `parent`.
  static RunDirectory of(const std::filesystem::path& parent, std::string_view service_id,
                         std::uint64_t fence);
  /// Which start the directory is of; none where its name is no such one.
  struct Name {
    std::string service_id;
    std::uint64_t fence = 0;
  };
  static std::optional<Name> name_of(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path work() const { return path_ / "work"; }
  std::filesystem::path log(std::string_view stream) const;

  /// Makes the directory and its work directory, for their owner only. False: see `errno`.
  bool make() const;

  /// None where the file isn't there, or isn't one of ours.
  std::optional<LaunchPlan> launch() const;
  std::optional<ProcessRecord> process() const;
  std::optional<StopRecord> stop() const;
  std::optional<ExitRecord> exit() const;
  std::optional<SignalRecord> signal() const;
  bool has_begun() const;
  bool has_ended() const;

  /// Durable when they return; false: see `errno`.
  bool write(const LaunchPlan& plan) const;
  bool write(const ProcessRecord& process) const;
  bool write(const StopRecord& stop) const;
  /// The first one stays: true where there is one, whoever has written it.
  bool write(const ExitRecord& exit) const;
  bool write(const SignalRecord& signal) const;

  /// What hasn't begun shall not begin by this plan: only with the lock. Or it is over, and what
  /// its plan holds is to be gone.
  void withdraw_launch() const;

  /// A line of the log has told that the service came to the stage. Stays told.
  void mark(ServiceStage stage) const;
  bool is_marked(ServiceStage stage) const;
  /// The end of the run has been reported and accepted.
  void mark_reported() const;
  bool is_reported() const;

  /// The supervisor's lock. It ends with the last copy of the descriptor, however that comes about.
  /// `resource_unavailable_try_again`: another process holds it; any other error: there is no lock
  /// to be had, as on file systems that know none.
  boost::system::result<Descriptor> try_lock() const;
  /// None where another process holds it, or nobody can.
  std::optional<Descriptor> take_lock() const;
  /// Whether a process has the lock. Asking takes it from nobody.
  bool is_locked() const;

 private:
  std::filesystem::path path_;
};

}  // namespace orrery
