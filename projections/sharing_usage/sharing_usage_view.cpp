#include "projections/sharing_usage/sharing_usage_view.hpp"

#include <chrono>
#include <limits>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <utility>
#include <variant>

#include "events/archive.hpp"
#include "events/stream_name.hpp"
#include "projections/runtime/numbered_map.hpp"
#include "projections/runtime/writer_first_mutex.hpp"

namespace orrery {
namespace {

std::int32_t day_of(Time time) {
  return static_cast<std::int32_t>(
      std::chrono::floor<std::chrono::days>(time).time_since_epoch().count());
}

/// An inference that hasn't ended.
struct OpenInference {
  std::string client_id;
  std::string model;
  /// Of the node that it went to last; empty where it went to none.
  std::string provider_id;

  BOOST_DESCRIBE_CLASS(OpenInference, (), (client_id, model, provider_id), (), ())
};

/// What a line is about.
bool comes_before(const SharingUsage& left, const SharingUsage& right) {
  if (left.day != right.day) return left.day < right.day;
  const NumberOrder order;
  if (left.provider_id != right.provider_id) return order(left.provider_id, right.provider_id);
  if (left.client_id != right.client_id) return order(left.client_id, right.client_id);
  return left.model < right.model;
}

struct LineOrder {
  bool operator()(const SharingUsage& left, const SharingUsage& right) const {
    return comes_before(left, right);
  }
};

}  // namespace

struct SharingUsageView::State {
  void fold(const SharedNodeRegistered& offer, const RecordedEvent& recorded);
  void fold(const InferenceAsked& asked, const RecordedEvent& recorded);
  void fold(const InferenceDispatched& dispatched, const RecordedEvent& recorded);
  void fold(const InferenceAnswered& answered, const RecordedEvent& recorded);
  void fold(const InferenceFailed& failed, const RecordedEvent& recorded);

  void end(const RecordedEvent& recorded, const InferenceUse& use, std::uint64_t answer_count);

  mutable WriterFirstMutex mutex;
  /// By what they are about; their sums are the mapped values.
  struct Sums {
    std::uint64_t gpu_us = 0;
    std::uint64_t answer_count = 0;
    std::uint64_t token_count = 0;
  };
  std::map<SharingUsage, Sums, LineOrder> lines;
  /// Of every shared node, withdrawn ones too: what they still answer counts.
  NumberedMap<std::string> owners;
  NumberedMap<OpenInference> open;
};

SharingUsageView::SharingUsageView() : state_(std::make_unique<State>()) {}
SharingUsageView::~SharingUsageView() = default;

std::vector<SharingUsage> SharingUsageView::usage(const Query& query) const {
  std::vector<SharingUsage> found;
  SharingUsage first;
  first.day = query.first_day;
  const std::shared_lock lock(state_->mutex);
  for (auto line = state_->lines.lower_bound(first);
       line != state_->lines.end() && line->first.day <= query.last_day; ++line) {
    const auto& [about, sums] = *line;
    if (!query.provider_id.empty() && about.provider_id != query.provider_id) continue;
    if (!query.client_id.empty() && about.client_id != query.client_id) continue;
    auto& usage = found.emplace_back(about);
    usage.gpu_us = sums.gpu_us;
    usage.answer_count = sums.answer_count;
    usage.token_count = sums.token_count;
  }
  return found;
}

void SharingUsageView::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { state_->fold(event, recorded); }) {
          const std::unique_lock lock(state_->mutex);
          state_->fold(event, recorded);
        }
      },
      recorded.event);
}

// What the events say.

void SharingUsageView::State::fold(const SharedNodeRegistered& offer,
                                   const RecordedEvent& recorded) {
  owners.insert_or_assign(std::string(stream_id(recorded.stream)), offer.client_id);
}

void SharingUsageView::State::fold(const InferenceAsked& asked, const RecordedEvent& recorded) {
  open.insert_or_assign(std::string(stream_id(recorded.stream)),
                        OpenInference{asked.client_id, asked.model, {}});
}

void SharingUsageView::State::fold(const InferenceDispatched& dispatched,
                                   const RecordedEvent& recorded) {
  const auto inference = open.find(stream_id(recorded.stream));
  const auto owner = owners.find(dispatched.shared_node_id);
  if (inference == open.end()) return;
  inference->second.provider_id = owner == owners.end() ? std::string() : owner->second;
}

void SharingUsageView::State::fold(const InferenceAnswered& answered,
                                   const RecordedEvent& recorded) {
  end(recorded, answered.use, 1);
}

void SharingUsageView::State::fold(const InferenceFailed& failed, const RecordedEvent& recorded) {
  end(recorded, failed.code == "node_failed" ? InferenceUse{} : failed.use, 0);
}

void SharingUsageView::State::end(const RecordedEvent& recorded, const InferenceUse& use,
                                  std::uint64_t answer_count) {
  const auto found = open.find(stream_id(recorded.stream));
  if (found == open.end()) return;
  const auto inference = std::move(found->second);
  open.erase(found);
  if (inference.provider_id.empty() || (use == InferenceUse{} && answer_count == 0)) return;
  auto& sums = lines[{day_of(recorded.time), inference.provider_id, inference.client_id,
                      inference.model, 0, 0, 0}];
  sums.gpu_us += use.gpu_us;
  sums.answer_count += answer_count;
  sums.token_count += use.token_count;
}

// Snapshots.

void SharingUsageView::save(std::string& out) const {
  ByteWriter writer(out);
  writer(usage({std::numeric_limits<std::int32_t>::min(),
                std::numeric_limits<std::int32_t>::max(),
                {},
                {}}));
  writer(state_->owners, state_->open);
}

void SharingUsageView::load(std::string_view bytes) {
  state_ = std::make_unique<State>();
  auto loaded = std::make_unique<State>();
  ByteReader reader(bytes);
  std::vector<SharingUsage> lines;
  reader(lines, loaded->owners, loaded->open);
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  for (auto& line : lines) {
    const State::Sums sums{std::exchange(line.gpu_us, 0), std::exchange(line.answer_count, 0),
                           std::exchange(line.token_count, 0)};
    loaded->lines.insert_or_assign(std::move(line), sums);
  }
  state_ = std::move(loaded);
}

}  // namespace orrery
