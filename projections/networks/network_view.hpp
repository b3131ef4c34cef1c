#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "projections/runtime/prepared_answer.hpp"
#include "projections/runtime/view.hpp"

namespace orrery {

/// All that is known about one subnet at one moment.
struct SubnetDetails {
  std::string id;
  std::string project_id;
  std::string network_id;
  std::string name;
  std::string cidr;
  std::string location;
  bool deleted = false;
  Time created_at{};
  Time updated_at{};
  /// Version that its network's stream had when the subnet changed last: its ETag.
  Version version = 0;

  BOOST_DESCRIBE_CLASS(SubnetDetails, (),
                       (id, project_id, network_id, name, cidr, location, deleted, created_at,
                        updated_at, version),
                       (), ())
};

/// All that is known about one network at one moment.
struct NetworkDetails {
  std::string id;
  std::string project_id;
  std::string name;
  std::string cidr;
  /// In the order in which they were added.
  std::vector<std::string> subnet_ids;
  bool deleted = false;
  Time created_at{};
  Time updated_at{};
  /// Version of its stream: its ETag.
  Version version = 0;

  BOOST_DESCRIBE_CLASS(NetworkDetails, (),
                       (id, project_id, name, cidr, subnet_ids, deleted, created_at, updated_at,
                        version),
                       (), ())
};

/// Every network and subnet, and which of them have VMs. Deleted ones are kept for the answers of
/// their operations, but are in no list and not found by id.
class NetworkView : public View {
 public:
  using NetworkFilter = std::function<bool(const NetworkDetails&)>;
  using SubnetFilter = std::function<bool(const SubnetDetails&)>;

  NetworkView();
  ~NetworkView() override;

  /// Nothing where the project has no such network or subnet (any more).
  std::optional<NetworkDetails> find_network(std::string_view project_id,
                                             std::string_view network_id) const;
  std::optional<SubnetDetails> find_subnet(std::string_view project_id,
                                           std::string_view subnet_id) const;

  /// Deleted ones too, of any project: for the result of an operation that the caller may see.
  std::optional<NetworkDetails> find_network_with_deleted(std::string_view network_id) const;
  std::optional<SubnetDetails> find_subnet_with_deleted(std::string_view subnet_id) const;

  /// In order of creation. A filter may be empty; it must not call the view.
  Page<NetworkDetails> list_networks(std::string_view project_id, const PageRequest& request,
                                     const NetworkFilter& filter) const;
  Page<SubnetDetails> list_subnets(std::string_view project_id, const PageRequest& request,
                                   const SubnetFilter& filter) const;

  /// VMs that have, or are about to get, an address in the subnet: it can't be deleted as long as
  /// there are any.
  std::size_t vm_count(std::string_view subnet_id) const;

  std::string_view name() const override { return "networks"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<NetworkView>(); }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery
