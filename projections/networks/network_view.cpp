#include "projections/networks/network_view.hpp"

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "events/folds/subnet_users.hpp"
#include "events/stream_name.hpp"
#include "projections/runtime/details_table.hpp"

namespace orrery {

struct NetworkView::State {
  void fold(const NetworkCreated& created, const RecordedEvent& recorded);
  void fold(const NetworkRenamed& renamed, const RecordedEvent& recorded);
  void fold(const SubnetAdded& added, const RecordedEvent& recorded);
  void fold(const SubnetRenamed& renamed, const RecordedEvent& recorded);
  void fold(const SubnetRemoved& removed, const RecordedEvent& recorded);
  void fold(const NetworkDeleted&, const RecordedEvent& recorded);

  template <class Table, class Change>
  static void change(Table& table, std::string_view id, const RecordedEvent& recorded,
                     Change change);

  DetailsTable<NetworkDetails> networks;
  DetailsTable<SubnetDetails> subnets;

  mutable WriterFirstMutex users_mutex;
  SubnetUsers users;
};

NetworkView::NetworkView() : state_(std::make_unique<State>()) {}
NetworkView::~NetworkView() = default;

std::optional<NetworkDetails> NetworkView::find_network(std::string_view project_id,
                                                        std::string_view network_id) const {
  return state_->networks.find(project_id, network_id);
}

std::optional<SubnetDetails> NetworkView::find_subnet(std::string_view project_id,
                                                      std::string_view subnet_id) const {
  return state_->subnets.find(project_id, subnet_id);
}

std::optional<NetworkDetails> NetworkView::find_network_with_deleted(
    std::string_view network_id) const {
  return state_->networks.find_with_deleted(network_id);
}

std::optional<SubnetDetails> NetworkView::find_subnet_with_deleted(
    std::string_view subnet_id) const {
  return state_->subnets.find_with_deleted(subnet_id);
}

Page<NetworkDetails> NetworkView::list_networks(std::string_view project_id,
                                                const PageRequest& request,
                                                const NetworkFilter& filter) const {
  return state_->networks.list(project_id, request, filter);
}

Page<SubnetDetails> NetworkView::list_subnets(std::string_view project_id,
                                              const PageRequest& request,
                                              const SubnetFilter& filter) const {
  return state_->subnets.list(project_id, request, filter);
}

std::size_t NetworkView::vm_count(std::string_view subnet_id) const {
  const std::shared_lock lock(state_->users_mutex);
  return state_->users.count(subnet_id);
}

void NetworkView::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { state_->fold(event, recorded); }) state_->fold(event, recorded);
      },
      recorded.event);
  if (!SubnetUsers::concerns(recorded)) return;
  const std::unique_lock lock(state_->users_mutex);
  state_->users.apply(recorded);
}

template <class Table, class Change>
void NetworkView::State::change(Table& table, std::string_view id, const RecordedEvent& recorded,
                                Change change) {
  table.change(id, [&](auto& details) {
    change(details);
    details.updated_at = recorded.time;
    details.version = recorded.version;
  });
}

void NetworkView::State::fold(const NetworkCreated& created, const RecordedEvent& recorded) {
  NetworkDetails network;
  network.id = stream_id(recorded.stream);
  network.project_id = created.project_id;
  network.name = created.name;
  network.cidr = created.cidr;
  network.created_at = network.updated_at = recorded.time;
  network.version = recorded.version;
  networks.add(recorded.position, created.project_id, std::move(network));
}

void NetworkView::State::fold(const NetworkRenamed& renamed, const RecordedEvent& recorded) {
  change(networks, stream_id(recorded.stream), recorded,
         [&](NetworkDetails& network) { network.name = renamed.name; });
}

void NetworkView::State::fold(const SubnetAdded& added, const RecordedEvent& recorded) {
  const auto network = networks.find_with_deleted(stream_id(recorded.stream));
  if (!network || subnets.find_with_deleted(added.subnet_id)) return;
  SubnetDetails subnet;
  subnet.id = added.subnet_id;
  subnet.project_id = network->project_id;
  subnet.network_id = network->id;
  subnet.name = added.name;
  subnet.cidr = added.cidr;
  subnet.location = added.location;
  subnet.created_at = subnet.updated_at = recorded.time;
  subnet.version = recorded.version;
  subnets.add(recorded.position, network->project_id, std::move(subnet));
  change(networks, network->id, recorded,
         [&](NetworkDetails& details) { details.subnet_ids.push_back(added.subnet_id); });
}

void NetworkView::State::fold(const SubnetRenamed& renamed, const RecordedEvent& recorded) {
  change(subnets, renamed.subnet_id, recorded,
         [&](SubnetDetails& subnet) { subnet.name = renamed.name; });
}

void NetworkView::State::fold(const SubnetRemoved& removed, const RecordedEvent& recorded) {
  change(subnets, removed.subnet_id, recorded,
         [](SubnetDetails& subnet) { subnet.deleted = true; });
  change(networks, stream_id(recorded.stream), recorded,
         [&](NetworkDetails& network) { std::erase(network.subnet_ids, removed.subnet_id); });
}

void NetworkView::State::fold(const NetworkDeleted&, const RecordedEvent& recorded) {
  const auto network = networks.find_with_deleted(stream_id(recorded.stream));
  if (!network) return;
  for (const auto& subnet_id : network->subnet_ids)
    change(subnets, subnet_id, recorded, [](SubnetDetails& subnet) { subnet.deleted = true; });
  change(networks, network->id, recorded, [](NetworkDetails& details) { details.deleted = true; });
}

void NetworkView::save(std::string& out) const {
  ByteWriter writer(out);
  state_->networks.save(writer);
  state_->subnets.save(writer);
  state_->users.save(writer);
}

void NetworkView::load(std::string_view bytes) {
  state_ = std::make_unique<State>();
  auto loaded = std::make_unique<State>();
  ByteReader reader(bytes);
  loaded->networks.load(reader);
  loaded->subnets.load(reader);
  loaded->users.load(reader);
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  state_ = std::move(loaded);
}

}  // namespace orrery
