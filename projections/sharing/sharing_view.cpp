#include "projections/sharing/sharing_view.hpp"

#include <map>
#include <mutex>
#include <shared_mutex>
#include <utility>
#include <variant>

#include "events/archive.hpp"
#include "events/stream_name.hpp"
#include "projections/runtime/digest_map.hpp"
#include "projections/runtime/numbered_map.hpp"
#include "projections/runtime/writer_first_mutex.hpp"

namespace orrery {
namespace {

/// Ids of shared nodes by the ids of their machines: "shared-<id>". Empty for other machines.
std::string_view shared_node_of(std::string_view node_id) {
  constexpr std::string_view prefix = "shared-";
  return node_id.starts_with(prefix) ? node_id.substr(prefix.size()) : std::string_view{};
}

struct MadeByRequest {
  SharingOfRequest made;
  /// Whose request it was.
  std::string client_id;

  BOOST_DESCRIBE_CLASS(MadeByRequest, (), (made, client_id), (), ())
};

/// Of what was deleted or withdrawn too: such a request makes nothing again.
using Requests = std::map<std::string, MadeByRequest, std::less<>>;

/// Of a `GpuRecordCreated` or `SharedNodeRegistered`, where it can come again.
template <class Request>
void note(Requests& requests, const Request& request, const std::string& id) {
  if (!request.request_digest.empty())
    requests.insert_or_assign(request.request_id,
                              MadeByRequest{{id, request.request_digest}, request.client_id});
}

void forget(Requests& requests, std::string_view client_id) {
  std::erase_if(requests, [&](const auto& each) { return each.second.client_id == client_id; });
}

std::optional<SharingOfRequest> made_by(const Requests& requests, std::string_view request_id) {
  const auto found = requests.find(request_id);
  return found == requests.end() ? std::nullopt : std::optional(found->second.made);
}

template <class Entry>
std::vector<Entry> values_of(const NumberedMap<Entry>& entries) {
  std::vector<Entry> values;
  values.reserve(entries.size());
  for (const auto& [id, entry] : entries) values.push_back(entry);
  return values;
}

template <class Entry>
Entry entry_of(const NumberedMap<Entry>& entries, std::string_view id) {
  const auto found = entries.find(id);
  return found == entries.end() ? nullptr : found->second;
}

template <class Entry>
void write_all(ByteWriter& writer, const NumberedMap<Entry>& entries) {
  writer(static_cast<std::uint64_t>(entries.size()));
  for (const auto& [id, entry] : entries) writer(*entry);
}

template <class Details, class Put>
void read_all(ByteReader& reader, Put put) {
  std::uint64_t count = 0;
  reader(count);
  for (; count > 0; --count) {
    auto details = std::make_shared<Details>();
    reader(*details);
    put(std::move(details));
  }
}

}  // namespace

struct SharingView::State {
  void fold(const GpuRecordCreated& created, const RecordedEvent& recorded);
  void fold(const GpuRecordChanged& changed, const RecordedEvent& recorded);
  void fold(const GpuRecordDeleted&, const RecordedEvent& recorded);
  void fold(const SharedNodeRegistered& offer, const RecordedEvent& recorded);
  void fold(const SharedNodeWithdrawn&, const RecordedEvent& recorded);
  void fold(const NodeBecameReady&, const RecordedEvent& recorded);
  void fold(const NodeLost&, const RecordedEvent& recorded);
  void fold(const NodeCordoned&, const RecordedEvent& recorded);
  void fold(const NodeUncordoned&, const RecordedEvent& recorded);
  void fold(const ClientErased&, const RecordedEvent& recorded);

  /// Takes the place of the one with this id. What is an erased client's is passed over: his
  /// request was on its way.
  void put(GpuRecord record);
  void put(Node node);
  void remove_record(std::string_view id);
  void remove_node(std::string_view id);
  /// Of the machine behind a shared node.
  template <class Change>
  void change_node(const RecordedEvent& recorded, Change change);

  mutable WriterFirstMutex mutex;
  NumberedMap<GpuRecord> records;
  NumberedMap<Node> nodes;
  Requests record_requests;
  Requests node_requests;
  std::uint64_t largest_record_id = 0;
  std::uint64_t largest_node_id = 0;
  NumberSet erased_clients;

  // Derived from these.
  NumberedMap<NumberedMap<GpuRecord>> records_of_client;
  std::map<std::string, NumberedMap<Node>, std::less<>> nodes_of_model;
  DigestMap<Node> node_of_token;
};

SharingView::SharingView() : state_(std::make_unique<State>()) {}
SharingView::~SharingView() = default;

SharingView::GpuRecord SharingView::gpu_record(std::string_view id) const {
  const std::shared_lock lock(state_->mutex);
  return entry_of(state_->records, id);
}

std::vector<SharingView::GpuRecord> SharingView::gpu_records(std::string_view client_id) const {
  const std::shared_lock lock(state_->mutex);
  if (client_id.empty()) return values_of(state_->records);
  const auto found = state_->records_of_client.find(client_id);
  return found == state_->records_of_client.end() ? std::vector<GpuRecord>{}
                                                  : values_of(found->second);
}

std::uint64_t SharingView::largest_gpu_record_id() const {
  const std::shared_lock lock(state_->mutex);
  return state_->largest_record_id;
}

std::optional<SharingOfRequest> SharingView::gpu_record_of_request(
    std::string_view request_id) const {
  const std::shared_lock lock(state_->mutex);
  return made_by(state_->record_requests, request_id);
}

SharingView::Node SharingView::node(std::string_view id) const {
  const std::shared_lock lock(state_->mutex);
  return entry_of(state_->nodes, id);
}

SharingView::Node SharingView::node_of_token(const Digest& token_digest) const {
  const std::shared_lock lock(state_->mutex);
  const auto found = state_->node_of_token.find(token_digest);
  return found == state_->node_of_token.end() ? nullptr : found->second;
}

std::vector<SharingView::Node> SharingView::nodes_with(std::string_view model) const {
  const std::shared_lock lock(state_->mutex);
  const auto found = state_->nodes_of_model.find(model);
  return found == state_->nodes_of_model.end() ? std::vector<Node>{} : values_of(found->second);
}

std::vector<SharingView::Node> SharingView::nodes() const {
  const std::shared_lock lock(state_->mutex);
  return values_of(state_->nodes);
}

std::uint64_t SharingView::largest_node_id() const {
  const std::shared_lock lock(state_->mutex);
  return state_->largest_node_id;
}

std::optional<SharingOfRequest> SharingView::node_of_request(std::string_view request_id) const {
  const std::shared_lock lock(state_->mutex);
  return made_by(state_->node_requests, request_id);
}

void SharingView::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { state_->fold(event, recorded); }) {
          const std::unique_lock lock(state_->mutex);
          state_->fold(event, recorded);
        }
      },
      recorded.event);
}

// How the state changes.

void SharingView::State::put(GpuRecord record) {
  remove_record(record->id);
  if (erased_clients.contains(record->client_id)) return;
  records_of_client[record->client_id].insert_or_assign(record->id, record);
  records.insert_or_assign(record->id, record);
}

void SharingView::State::put(Node node) {
  remove_node(node->id);
  if (erased_clients.contains(node->offer.client_id)) return;
  nodes_of_model[node->offer.model].insert_or_assign(node->id, node);
  if (const auto digest = digest_of(node->offer.token_digest))
    node_of_token.insert_or_assign(*digest, node);
  nodes.insert_or_assign(node->id, node);
}

void SharingView::State::remove_record(std::string_view id) {
  const auto found = records.find(id);
  if (found == records.end()) return;
  const auto of_client = records_of_client.find(found->second->client_id);
  of_client->second.erase(found->first);
  if (of_client->second.empty()) records_of_client.erase(of_client);
  records.erase(found);
}

void SharingView::State::remove_node(std::string_view id) {
  const auto found = nodes.find(id);
  if (found == nodes.end()) return;
  const auto& offer = found->second->offer;
  const auto of_model = nodes_of_model.find(offer.model);
  of_model->second.erase(found->first);
  if (of_model->second.empty()) nodes_of_model.erase(of_model);
  if (const auto digest = digest_of(offer.token_digest)) node_of_token.erase(*digest);
  nodes.erase(found);
}

template <class Change>
void SharingView::State::change_node(const RecordedEvent& recorded, Change change) {
  const auto before = entry_of(nodes, shared_node_of(stream_id(recorded.stream)));
  if (!before) return;
  auto changed = std::make_shared<SharedNodeDetails>(*before);
  change(*changed);
  put(Node(std::move(changed)));
}

// What the events say.

void SharingView::State::fold(const GpuRecordCreated& created, const RecordedEvent& recorded) {
  const std::string id(stream_id(recorded.stream));
  largest_record_id = larger_number(largest_record_id, id);
  if (!erased_clients.contains(created.client_id)) note(record_requests, created, id);
  put(std::make_shared<const GpuRecordDetails>(
      GpuRecordDetails{id, created.client_id, created.facts, recorded.time}));
}

void SharingView::State::fold(const GpuRecordChanged& changed, const RecordedEvent& recorded) {
  const auto before = entry_of(records, stream_id(recorded.stream));
  if (!before) return;
  put(std::make_shared<const GpuRecordDetails>(
      GpuRecordDetails{before->id, changed.client_id, changed.facts, before->created_at}));
}

void SharingView::State::fold(const GpuRecordDeleted&, const RecordedEvent& recorded) {
  remove_record(stream_id(recorded.stream));
}

void SharingView::State::fold(const SharedNodeRegistered& offer, const RecordedEvent& recorded) {
  const std::string id(stream_id(recorded.stream));
  largest_node_id = larger_number(largest_node_id, id);
  if (!erased_clients.contains(offer.client_id)) note(node_requests, offer, id);
  put(std::make_shared<const SharedNodeDetails>(
      SharedNodeDetails{id, offer, recorded.time, false, false}));
}

void SharingView::State::fold(const SharedNodeWithdrawn&, const RecordedEvent& recorded) {
  remove_node(stream_id(recorded.stream));
}

void SharingView::State::fold(const NodeBecameReady&, const RecordedEvent& recorded) {
  change_node(recorded, [](SharedNodeDetails& node) { node.is_ready = true; });
}

void SharingView::State::fold(const NodeLost&, const RecordedEvent& recorded) {
  change_node(recorded, [](SharedNodeDetails& node) { node.is_ready = false; });
}

void SharingView::State::fold(const NodeCordoned&, const RecordedEvent& recorded) {
  change_node(recorded, [](SharedNodeDetails& node) { node.is_cordoned = true; });
}

void SharingView::State::fold(const NodeUncordoned&, const RecordedEvent& recorded) {
  change_node(recorded, [](SharedNodeDetails& node) { node.is_cordoned = false; });
}

/// Seldom, so it looks at every node.
void SharingView::State::fold(const ClientErased&, const RecordedEvent& recorded) {
  const auto client_id = stream_id(recorded.stream);
  erased_clients.emplace(client_id);
  forget(record_requests, client_id);
  forget(node_requests, client_id);
  if (const auto found = records_of_client.find(client_id); found != records_of_client.end())
    for (const auto& record : values_of(found->second)) remove_record(record->id);
  for (const auto& node : values_of(nodes))
    if (node->offer.client_id == client_id) remove_node(node->id);
}

// Snapshots.

void SharingView::save(std::string& out) const {
  ByteWriter writer(out);
  write_all(writer, state_->records);
  write_all(writer, state_->nodes);
  writer(state_->record_requests, state_->node_requests, state_->largest_record_id,
         state_->largest_node_id, state_->erased_clients);
}

void SharingView::load(std::string_view bytes) {
  state_ = std::make_unique<State>();
  auto loaded = std::make_unique<State>();
  ByteReader reader(bytes);
  read_all<GpuRecordDetails>(reader, [&](GpuRecord record) { loaded->put(std::move(record)); });
  read_all<SharedNodeDetails>(reader, [&](Node node) {
    if (node->offer.reach > NodeReach::endpoint) throw MalformedBytes("unknown reach of a node");
    loaded->put(std::move(node));
  });
  reader(loaded->record_requests, loaded->node_requests, loaded->largest_record_id,
         loaded->largest_node_id, loaded->erased_clients);
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  state_ = std::move(loaded);
}

}  // namespace orrery
