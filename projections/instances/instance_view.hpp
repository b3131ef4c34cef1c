#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "events/folds/billing_terms.hpp"
#include "events/wallet_events.hpp"
#include "projections/runtime/view.hpp"

namespace orrery {

/// A deleted instance has no state: it is absent.
BOOST_DEFINE_FIXED_ENUM_CLASS(InstanceState, std::uint8_t,
                              /// Ordered; it waits for its volumes and GPUs, or starts.
                              creating,
                              /// Runs.
                              running,
                              /// Was switched off, and is being stopped.
                              shutting_down,
                              /// Off.
                              shutdown,
                              /// Wanted on; it waits for GPUs as long as it takes, or starts.
                              starting,
                              /// Goes.
                              deleting,
                              /// Never ran, and never will.
                              failed)

/// Where an instance runs, or starts.
struct InstancePlacement {
  std::string node_id;
  std::vector<std::uint32_t> gpu_indices;
  /// Grows with every start, so it names one.
  std::uint64_t fence = 0;

  bool operator==(const InstancePlacement&) const = default;
  BOOST_DESCRIBE_CLASS(InstancePlacement, (), (node_id, gpu_indices, fence), (), ())
};

/// By what a running instance is reached.
struct InstanceAddress {
  /// Of its pod.
  std::string ip;
  std::uint16_t ssh_port = 0;

  bool operator==(const InstanceAddress&) const = default;
  BOOST_DESCRIBE_CLASS(InstanceAddress, (), (ip, ssh_port), (), ())
};

/// All that is known about one instance at one moment.
struct InstanceDetails {
  /// With the instance's name as `instance_id`. Its terms are those of the latest renewal.
  OrderPlaced order;
  InstanceState state = InstanceState::creating;
  /// Only while it runs or starts.
  std::optional<InstancePlacement> placement;
  /// Only while it runs.
  std::optional<InstanceAddress> address;
  /// When it ran for the first time.
  std::optional<Time> first_started_at;
  /// What is paid for in advance; nothing ever waits or ends in that of a metered instance.
  PrepaidTerm term;
  /// Why it failed, or was interrupted last.
  std::string failure_code;
  std::string failure_message;
  Time created_at{};
  /// When the terms were agreed on: with the order, or the latest renewal.
  Time terms_at{};
  /// When somebody last wanted it changed: on, off, renewed, gone.
  std::optional<Time> updated_at;

  const std::string& name() const { return order.instance_id; }

  BOOST_DESCRIBE_CLASS(InstanceDetails, (),
                       (order, state, placement, address, first_started_at, term, failure_code,
                        failure_message, created_at, terms_at, updated_at),
                       (), ())
};

/// An image that a stopping instance is to become.
struct AwaitedImage {
  std::string namespace_id;
  std::string image;
  std::string instance_id;
  /// The driver has saved the disk.
  bool taken = false;

  BOOST_DESCRIBE_CLASS(AwaitedImage, (), (namespace_id, image, instance_id, taken), (), ())
};

/// What a request under an idempotency key has led to.
struct OrderOfRequest {
  /// Of the `OrderPlaced` or `OrderRenewed`.
  Position position = 0;
  std::string digest;

  BOOST_DESCRIBE_CLASS(OrderOfRequest, (), (position, digest), (), ())
};

/// Every instance from its order on until it is deleted. An instance is immutable and shared; a
/// change makes a new one, so whoever asked keeps what was true then.
class InstanceView : public View {
 public:
  using Instance = std::shared_ptr<const InstanceDetails>;

  InstanceView();
  ~InstanceView() override;

  /// Null where the namespace has no such instance (any more).
  Instance find(std::string_view namespace_id, std::string_view name) const;

  /// Up to `limit` instances of a namespace in a cluster, in order of creation, without the first
  /// `offset`. Costs what it returns, however far in the list it begins.
  struct Part {
    std::vector<Instance> instances;
    /// Of the whole list at the same moment.
    std::size_t total_count = 0;
  };
  Part list(std::string_view namespace_id, std::string_view cluster, std::size_t offset,
            std::size_t limit) const;

  /// Those that the customer has given this name, which need not be unique; at most `limit`.
  std::vector<Instance> displayed_as(std::string_view namespace_id, std::string_view cluster,
                                     std::string_view display_name, std::size_t limit) const;

  /// By the id of an order or a renewal, also when its instance is gone. Nothing for what was asked
  /// for without a key, which nobody asks for again.
  std::optional<OrderOfRequest> order_of_request(std::string_view order_id) const;

  /// Whether an instance of the namespace is being saved as this image (full name with tag): from
  /// the wish on until the image exists, or nothing comes of it.
  bool is_being_saved(std::string_view namespace_id, std::string_view image) const;

  std::string_view name() const override { return "instances"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<InstanceView>(); }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery
