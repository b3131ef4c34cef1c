#include "actors/batch/node_book.hpp"

#include <bit>
#include <charconv>
#include <utility>
#include <variant>

#include "events/archive.hpp"
#include "events/end_of_bytes.hpp"
#include "events/stream_name.hpp"

namespace orrery::batch {
namespace {

bool is_lease_of_a_job(std::string_view lease_id) { return lease_id.starts_with("job-"); }

}  // namespace

std::uint32_t NodeFacts::lost_gpus() const {
  const auto good = registered & ~faulty & ~claimed_by_others;
  const auto count = static_cast<std::uint32_t>(std::popcount(good));
  return gpu_count - std::min(gpu_count, count);
}

std::uint32_t NodeBook::apply(const RecordedEvent& recorded) {
  return std::visit(
      [&](const auto& event) -> std::uint32_t {
        if constexpr (requires { on(recorded, event); }) return on(recorded, event);
        return none;
      },
      recorded.event);
}

std::uint32_t NodeBook::find(std::string_view id) const {
  const auto known = index_.find(id);
  return known == index_.end() ? none : known->second;
}

template <class Change>
std::uint32_t NodeBook::update(const RecordedEvent& recorded, Change change) {
  const auto number = find(stream_id(recorded.stream));
  if (number != none) change(nodes_[number]);
  return number;
}

template <class Change>
std::uint32_t NodeBook::update_gpu(const RecordedEvent& recorded, Change change) {
  const auto gpu_id = stream_id(recorded.stream);
  const auto colon = gpu_id.rfind(':');
  if (colon == std::string_view::npos) return none;
  const auto number = find(gpu_id.substr(0, colon));
  std::uint32_t gpu = 0;
  std::from_chars(gpu_id.data() + colon + 1, gpu_id.data() + gpu_id.size(), gpu);
  if (number != none && gpu < 32) change(nodes_[number], std::uint32_t{1} << gpu);
  return number;
}

std::uint32_t NodeBook::on(const RecordedEvent& recorded, const NodeRegistered& event) {
  const auto id = stream_id(recorded.stream);
  auto number = find(id);
  if (number == none) {
    number = static_cast<std::uint32_t>(nodes_.size());
    nodes_.emplace_back().id = id;
    index_.emplace(id, number);
  }
  auto& node = nodes_[number];
  node.cluster = event.cluster;
  node.gpu_model = event.gpu_model;
  node.gpu_count = event.gpu_count;
  node.cpu_count = event.cpu_count;
  node.memory_mib = event.memory_mib;
  return number;
}

std::uint32_t NodeBook::on(const RecordedEvent& recorded, const NodeBecameReady&) {
  return update(recorded, [](NodeFacts& node) { node.is_ready = true; });
}

std::uint32_t NodeBook::on(const RecordedEvent& recorded, const NodeLost&) {
  return update(recorded, [](NodeFacts& node) { node.is_ready = false; });
}

std::uint32_t NodeBook::on(const RecordedEvent& recorded, const NodeCordoned&) {
  return update(recorded, [](NodeFacts& node) { node.is_cordoned = true; });
}

std::uint32_t NodeBook::on(const RecordedEvent& recorded, const NodeUncordoned&) {
  return update(recorded, [](NodeFacts& node) { node.is_cordoned = false; });
}

std::uint32_t NodeBook::on(const RecordedEvent& recorded, const GpuRegistered&) {
  return update_gpu(recorded, [](NodeFacts& node, auto bit) { node.registered |= bit; });
}

std::uint32_t NodeBook::on(const RecordedEvent& recorded, const GpuClaimed& event) {
  return update_gpu(recorded, [&](NodeFacts& node, auto bit) {
    if (is_lease_of_a_job(event.lease_id)) {
      node.claimed_by_others &= ~bit;
    } else {
      node.claimed_by_others |= bit;
    }
  });
}

std::uint32_t NodeBook::on(const RecordedEvent& recorded, const GpuReleased&) {
  return update_gpu(recorded, [](NodeFacts& node, auto bit) { node.claimed_by_others &= ~bit; });
}

std::uint32_t NodeBook::on(const RecordedEvent& recorded, const GpuFaulted&) {
  return update_gpu(recorded, [](NodeFacts& node, auto bit) { node.faulty |= bit; });
}

std::uint32_t NodeBook::on(const RecordedEvent& recorded, const GpuRepaired&) {
  return update_gpu(recorded, [](NodeFacts& node, auto bit) { node.faulty &= ~bit; });
}

std::uint32_t NodeBook::on(const RecordedEvent& recorded, const LeaseRequested& event) {
  const auto id = stream_id(recorded.stream);
  if (is_lease_of_a_job(id) || !watched_.contains(event.cluster)) return none;
  leases_[std::string(id)] = {{}, event.cpu_count, event.memory_mib};
  return none;
}

std::uint32_t NodeBook::on(const RecordedEvent& recorded, const LeaseGranted& event) {
  const auto lease = leases_.find(stream_id(recorded.stream));
  const auto number = find(event.node_id);
  if (lease == leases_.end() || number == none || !lease->second.node_id.empty()) return none;
  lease->second.node_id = event.node_id;
  auto& node = nodes_[number];
  node.cpus_of_others += lease->second.cpu_count;
  node.memory_of_others += lease->second.memory_mib;
  ++node.leases_of_others;
  return number;
}

std::uint32_t NodeBook::on(const RecordedEvent& recorded, const LeaseRefused&) {
  return end_lease(recorded);
}

std::uint32_t NodeBook::on(const RecordedEvent& recorded, const LeaseReleased&) {
  return end_lease(recorded);
}

std::uint32_t NodeBook::on(const RecordedEvent& recorded, const LeaseExpired&) {
  return end_lease(recorded);
}

std::uint32_t NodeBook::end_lease(const RecordedEvent& recorded) {
  const auto found = leases_.find(stream_id(recorded.stream));
  if (found == leases_.end()) return none;
  const auto lease = std::move(found->second);
  leases_.erase(found);
  const auto number = find(lease.node_id);
  if (number == none) return none;
  auto& node = nodes_[number];
  node.cpus_of_others -= lease.cpu_count;
  node.memory_of_others -= lease.memory_mib;
  --node.leases_of_others;
  return number;
}

struct NodeBook::Saved {
  std::vector<NodeFacts> nodes;
  std::map<std::string, OtherLease, std::less<>> leases;
  std::set<std::string, std::less<>> watched;
  BOOST_DESCRIBE_CLASS(Saved, (), (nodes, leases, watched), (), ())
};

void NodeBook::save(std::string& out) const { ByteWriter{out}(Saved{nodes_, leases_, watched_}); }

void NodeBook::load(std::string_view bytes) {
  Saved saved;
  ByteReader reader(bytes);
  reader(saved);
  expect_end(reader);
  nodes_ = std::move(saved.nodes);
  leases_ = std::move(saved.leases);
  watched_ = std::move(saved.watched);
  index_.clear();
  for (std::uint32_t number = 0; number < nodes_.size(); ++number)
    index_.emplace(nodes_[number].id, number);
}

}  // namespace orrery::batch
