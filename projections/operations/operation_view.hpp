#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/describe.hpp>

#include "projections/runtime/prepared_answer.hpp"
#include "projections/runtime/view.hpp"

namespace orrery {

BOOST_DEFINE_FIXED_ENUM_CLASS(OperationState, std::uint8_t, in_progress, succeeded, failed)

/// In the order of the alternatives of `OperationGoal`.
BOOST_DEFINE_FIXED_ENUM_CLASS(OperationKind, std::uint8_t, create_vm, delete_vm, power_on_vm,
                              power_off_vm, reset_vm, resize_vm, change_vm_network, reserve_vm,
                              unreserve_vm, attach_disks, detach_disks, create_disk, resize_disk,
                              delete_disk, rename_network, delete_network, rename_subnet,
                              delete_subnet, create_firewall_rule, change_firewall_rule,
                              delete_firewall_rule)

/// What kind of thing an operation is about. Each has its own list of operations.
BOOST_DEFINE_FIXED_ENUM_CLASS(OperationCollection, std::uint8_t, vm, disk, network, subnet,
                              firewall_rule)

OperationCollection collection_of(OperationKind kind);

/// All that is known about one operation at one moment.
struct OperationDetails {
  std::string id;
  std::string project_id;
  /// The thing that it is about, one of `collection`.
  std::string target_id;
  OperationCollection collection = OperationCollection::vm;
  OperationKind kind = OperationKind::create_vm;
  /// A create's specification, without credentials (views hold no personal data, sealed or not) and
  /// without the identity (the VM shows it).
  OperationGoal goal;
  /// As in `OperationStarted`: 32 raw bytes, or empty.
  std::string request_digest;
  OperationState state = OperationState::in_progress;
  /// Set where it failed.
  std::string failure_code;
  std::string failure_message;
  Time started_at{};
  std::optional<Time> completed_at;
  /// Version of the operation's stream: its ETag.
  Version version = 0;
};

/// What a list can be filtered by, every condition where set.
struct OperationFilter {
  std::optional<OperationCollection> collection;
  std::optional<std::string_view> target_id;
  std::optional<OperationState> state;
  /// Started at this time or later.
  std::optional<Time> started_from;
};

/// Every operation, for ever. Room for one prepared answer each, as in `VmView`.
class OperationView : public View {
 public:
  using Render = std::function<std::string(const OperationDetails&)>;

  static constexpr std::size_t default_prepared_bytes_max = 128u << 20;

  explicit OperationView(std::size_t prepared_bytes_max = default_prepared_bytes_max);
  ~OperationView() override;

  /// Hot path of polling: no allocation where the answer is prepared. Empty where the project has
  /// no such operation. `render` runs on the calling thread, without a lock.
  PreparedAnswer prepared(std::string_view project_id, std::string_view operation_id,
                          const Render& render) const;

  /// The same, and empty where the operation is none of the collection.
  PreparedAnswer prepared(std::string_view project_id, std::string_view operation_id,
                          OperationCollection collection, const Render& render) const;

  /// The operations of a project in the order in which they started, or the reverse.
  Page<PreparedAnswer> list(std::string_view project_id, const PageRequest& request,
                            const OperationFilter& filter, const Render& render) const;

  /// Drops every prepared answer: a person was erased, whose words stand in some of them.
  void forget_prepared() const;

  /// The same without prepared answers.
  std::optional<OperationDetails> find(std::string_view project_id,
                                       std::string_view operation_id) const;

  /// For metrics.
  std::size_t count(OperationState state) const;

  std::string_view name() const override { return "operations.2"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<OperationView>(); }

 private:
  struct State;
  std::unique_ptr<State> state_;
  std::size_t prepared_bytes_max_;
};

}  // namespace orrery
