#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/describe.hpp>

#include "events/envelope.hpp"
#include "events/folds/id_map.hpp"
#include "events/folds/project_books.hpp"
#include "events/folds/quota_check.hpp"

namespace orrery {

/// The data disks that every project has, counted, and operations refused, as in `VmUsage`. OS
/// disks belong to their VMs and aren't counted.
class DiskUsage {
 public:
  void apply(const RecordedEvent& recorded);

  /// Whether `apply` would look at the event: for who must lock something first.
  static bool concerns(const RecordedEvent& recorded);

  /// Why the operation must fail; null where it needn't. Known from its start to its end.
  const QuotaExceeded* refusal(std::string_view operation_id) const;

  /// A project that nobody has heard of has nothing and no limits.
  const QuotaUse& use(std::string_view project_id) const { return books_.of(project_id).use; }
  const ProjectLimits& limits(std::string_view project_id) const {
    return books_.of(project_id).limits;
  }
  std::optional<QuotaExceeded> check(std::string_view project_id, const QuotaDemand& demand) const;

  /// The same events give the same bytes. `load` throws `MalformedBytes`.
  void save(ByteWriter& writer) const;
  void load(ByteReader& reader);

 private:
  struct Disk {
    std::uint32_t project = 0;
    std::uint64_t size_gib = 0;
    /// What it will have once the resize that was asked for last is done.
    std::uint64_t resized_gib = 0;
    std::uint32_t resize_count = 0;
    /// Its own events have been seen; before, an operation alone speaks for it.
    bool exists = false;

    BOOST_DESCRIBE_CLASS(Disk, (), (project, size_gib, resized_gib, resize_count, exists), (), ())
  };
  struct Operation {
    std::string disk_id;
    bool creates = false;
    std::optional<QuotaExceeded> refusal;

    BOOST_DESCRIBE_CLASS(Operation, (), (disk_id, creates, refusal), (), ())
  };

  void fold(const QuotaSet& event, const RecordedEvent& recorded);
  void fold(const OperationStarted& event, const RecordedEvent& recorded);
  void fold(const OperationSucceeded&, const RecordedEvent& recorded) { end(recorded); }
  void fold(const OperationFailed&, const RecordedEvent& recorded) { end(recorded); }
  void fold(const DiskCreated& event, const RecordedEvent& recorded);
  void fold(const DiskResized& event, const RecordedEvent& recorded);
  void fold(const DiskDeleted&, const RecordedEvent& recorded) { forget(recorded.stream); }

  std::optional<QuotaExceeded> start(const OperationStarted& started, const CreateDisk& create);
  std::optional<QuotaExceeded> start(Disk& disk, const ResizeDisk& resize);
  void end(const RecordedEvent& recorded);
  void forget(std::string_view stream);

  static std::uint64_t wanted(const Disk& disk) {
    return disk.resize_count ? disk.resized_gib : disk.size_gib;
  }
  void add(std::string_view disk_id, const DiskSpecification& specification, bool exists);
  template <class Change>
  void change(Disk& disk, Change change);
  void count(const Disk& disk);
  void uncount(const Disk& disk);

  ProjectBooks books_;
  IdMap<Disk> disks_;
  /// In progress, and of interest.
  IdMap<Operation> operations_;
};

}  // namespace orrery
