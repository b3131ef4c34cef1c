#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "projections/runtime/view.hpp"
#include "projections/services/service_details.hpp"

namespace orrery {

/// Every service and every group of them there has ever been. What is returned is immutable and
/// shared; a change makes a new one, so whoever asked keeps what was true then.
///
/// The replicas of a group are there from its request on.
class ServiceView : public View {
 public:
  using Service = std::shared_ptr<const ServiceDetails>;
  using Group = std::shared_ptr<const ServiceGroupDetails>;

  ServiceView();
  ~ServiceView() override;

  /// Null where there is none.
  Service find(std::string_view id) const;
  /// All of them in the order of creation: ended ones and replicas too.
  std::vector<Service> list() const;

  /// Null where there is none.
  Group find_group(std::string_view id) const;
  /// All of them in the order of creation: cancelled ones too.
  std::vector<Group> groups() const;
  /// In the order of their indices, all at one moment; empty where there is no such group.
  std::vector<Service> replicas(std::string_view group_id) const;

  /// The largest number that is the id of a service; 0 where there is none. An id is in here before
  /// the command that made it is answered.
  std::uint64_t largest_id() const;
  /// What a request that may come again has led to: one with a digest.
  std::optional<ServiceOfRequest> of_request(std::string_view request_id) const;

  /// How many services there are of each status, by its value.
  using Counts = std::array<std::uint64_t, 7>;
  Counts counts() const;

  std::string_view name() const override { return "services"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<ServiceView>(); }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery
