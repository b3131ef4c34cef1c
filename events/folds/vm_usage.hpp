#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "events/envelope.hpp"
#include "events/folds/id_map.hpp"
#include "events/folds/project_books.hpp"
#include "events/folds/quota_check.hpp"

namespace orrery {

/// The VMs and GPUs that every project has, counted from the log: VMs that haven't failed and
/// aren't deleted, and the GPUs of those that aren't stopped.
///
/// It decides too. Operations that create, start or resize a VM are counted, or refused, when they
/// start, in the order of the log: so whoever folds the same events comes to the same answer, and
/// two requests never both get the last of a quota. What a refused operation wanted isn't counted;
/// the process that drives it fails it, with the message of `refusal`. Where the VM's own events
/// say otherwise, they count.
class VmUsage {
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
  struct Gpus {
    std::uint32_t model = 0;
    std::uint32_t count = 0;
    bool operator==(const Gpus&) const = default;
    BOOST_DESCRIBE_CLASS(Gpus, (), (model, count), (), ())
  };
  struct Vm {
    std::uint32_t project = 0;
    Gpus gpus;
    /// What it will have once the resize that was asked for last is done.
    Gpus resized;
    std::uint32_t resize_count = 0;
    /// Operations in progress that will start it: from the first on its GPUs are spoken for.
    std::uint32_t start_count = 0;
    /// Its own events have been seen; before, an operation alone speaks for it.
    bool exists = false;
    bool stopped = false;

    BOOST_DESCRIBE_CLASS(Vm, (),
                         (project, gpus, resized, resize_count, start_count, exists, stopped), (),
                         ())
  };
  enum class Purpose : std::uint8_t { create, start, resize };
  struct Operation {
    std::string vm_id;
    Purpose purpose = Purpose::create;
    std::optional<QuotaExceeded> refusal;

    BOOST_DESCRIBE_CLASS(Operation, (), (vm_id, purpose, refusal), (), ())
  };

  void fold(const QuotaSet& event, const RecordedEvent& recorded);
  void fold(const OperationStarted& event, const RecordedEvent& recorded);
  void fold(const OperationSucceeded&, const RecordedEvent& recorded) { end(recorded); }
  void fold(const OperationFailed&, const RecordedEvent& recorded) { end(recorded); }
  void fold(const VmRequested& event, const RecordedEvent& recorded);
  void fold(const VmStopped&, const RecordedEvent& recorded) { set_stopped(recorded, true); }
  void fold(const VmStartRequested&, const RecordedEvent& recorded) {
    set_stopped(recorded, false);
  }
  void fold(const VmStartFailed&, const RecordedEvent& recorded) { set_stopped(recorded, true); }
  void fold(const VmResized& event, const RecordedEvent& recorded);
  void fold(const VmFailed&, const RecordedEvent& recorded) { forget(recorded.stream); }
  void fold(const VmDeleted&, const RecordedEvent& recorded) { forget(recorded.stream); }

  std::optional<QuotaExceeded> start(const OperationStarted& started, const CreateVm& create);
  std::optional<QuotaExceeded> start(Vm& vm, const PowerOnVm&);
  std::optional<QuotaExceeded> start(Vm& vm, const ResizeVm& resize);
  void note(const OperationStarted& started, const RecordedEvent& recorded, Purpose purpose,
            std::optional<QuotaExceeded> refusal);
  void end(const RecordedEvent& recorded);
  void set_stopped(const RecordedEvent& recorded, bool stopped);
  void forget(std::string_view stream);

  std::uint32_t number_of_model(const std::string& model);
  static bool has_gpus(const Vm& vm) { return !vm.stopped || vm.start_count != 0; }
  static const Gpus& wanted(const Vm& vm) { return vm.resize_count ? vm.resized : vm.gpus; }
  void add(std::string_view vm_id, const VmSpecification& specification, bool exists);
  template <class Change>
  void change(Vm& vm, Change change);
  void count(const Vm& vm);
  void uncount(const Vm& vm);

  ProjectBooks books_;
  std::vector<std::string> models_;
  IdMap<Vm> vms_;
  /// In progress, and of interest.
  IdMap<Operation> operations_;
};

}  // namespace orrery
