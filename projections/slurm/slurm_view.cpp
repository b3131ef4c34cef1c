#include "projections/slurm/slurm_view.hpp"

#include <mutex>
#include <shared_mutex>
#include <utility>

#include "events/archive.hpp"
#include "events/stream_name.hpp"
#include "projections/runtime/writer_first_mutex.hpp"

namespace orrery {

struct SlurmView::State {
  using Clusters = std::map<std::string, SlurmClusterDetails, std::less<>>;
  using Runs = std::map<std::string, SlurmRunDetails, std::less<>>;

  mutable WriterFirstMutex mutex;
  Clusters clusters;
  Runs runs;
  /// By where they ended.
  std::map<Position, std::string> ended;

  SlurmClusterDetails& cluster_of(const RecordedEvent& recorded) {
    auto& cluster = clusters[std::string(stream_id(recorded.stream))];
    cluster.name = stream_id(recorded.stream);
    return cluster;
  }
  SlurmRunDetails& run_of(const RecordedEvent& recorded) {
    const auto [found, is_new] = runs.try_emplace(std::string(stream_id(recorded.stream)));
    if (is_new) {
      found->second.id = found->first;
      found->second.requested_at = recorded.time;
    }
    return found->second;
  }

  void fold(const RecordedEvent& recorded, const SlurmControllerSeen& event) {
    auto& cluster = cluster_of(recorded);
    cluster.controller = event;
    cluster.controller_since = recorded.time;
  }
  void fold(const RecordedEvent& recorded, const SlurmNodeSeen& event) {
    cluster_of(recorded).nodes[event.name] = event;
  }
  void fold(const RecordedEvent& recorded, const SlurmNodeRemoved& event) {
    cluster_of(recorded).nodes.erase(event.name);
  }
  void fold(const RecordedEvent& recorded, const SlurmForeignUseSeen& event) {
    cluster_of(recorded).foreign_uses[event.node_id] = event;
  }

  void fold(const RecordedEvent& recorded, const SlurmSubmitRequested& event) {
    auto& run = run_of(recorded);
    run.phase = SlurmRunPhase::requested;
    run.attempt = event.attempt;
    run.node_id = event.node_id;
    run.slurm_job_id = 0;
    run.boot_time_s = 0;
    run.submitted_at.reset();
  }
  void fold(const RecordedEvent& recorded, const SlurmSubmitted& event) {
    auto& run = run_of(recorded);
    // It may have come to claim before its id was told.
    if (run.phase == SlurmRunPhase::requested) run.phase = SlurmRunPhase::submitted;
    run.slurm_job_id = event.slurm_job_id;
    run.boot_time_s = event.boot_time_s;
    run.submitted_at = recorded.time;
  }
  void fold(const RecordedEvent& recorded, const SlurmAttemptPlaced&) {
    auto& run = run_of(recorded);
    if (run.phase < SlurmRunPhase::placed) run.phase = SlurmRunPhase::placed;
  }
  void fold(const RecordedEvent& recorded, const SlurmAttemptClaimed& event) {
    auto& run = run_of(recorded);
    run.phase = SlurmRunPhase::claimed;
    run.slurm_job_id = event.slurm_job_id;
    run.host = event.host;
    run.claimed_at = recorded.time;
  }
  void fold(const RecordedEvent& recorded, const SlurmAttemptLost& event) {
    auto& run = run_of(recorded);
    run.phase = SlurmRunPhase::lost;
    run.lost_reason = event.reason;
  }
  void fold(const RecordedEvent& recorded, const SlurmRunWithdrawn&) {
    run_of(recorded).is_withdrawn = true;
  }
  void fold(const RecordedEvent& recorded, const SlurmRunEnded& event) {
    auto& run = run_of(recorded);
    run.phase = SlurmRunPhase::ended;
    run.end = event;
    run.ended_at = recorded.time;
    ended.emplace(recorded.position, run.id);
    if (ended.size() <= ended_run_count_max) return;
    runs.erase(ended.begin()->second);
    ended.erase(ended.begin());
  }
};

SlurmView::SlurmView() : state_(std::make_unique<State>()) {}
SlurmView::~SlurmView() = default;

std::vector<SlurmClusterDetails> SlurmView::clusters() const {
  const std::shared_lock lock(state_->mutex);
  std::vector<SlurmClusterDetails> clusters;
  for (const auto& [name, cluster] : state_->clusters) clusters.push_back(cluster);
  return clusters;
}

std::optional<SlurmRunDetails> SlurmView::find_run(std::string_view id) const {
  const std::shared_lock lock(state_->mutex);
  const auto found = state_->runs.find(id);
  return found == state_->runs.end() ? std::nullopt : std::optional(found->second);
}

std::vector<SlurmRunDetails> SlurmView::runs(std::optional<SlurmRunPhase> phase,
                                             std::string_view after, std::size_t limit) const {
  const std::shared_lock lock(state_->mutex);
  std::vector<SlurmRunDetails> some;
  for (auto next = state_->runs.upper_bound(after);
       next != state_->runs.end() && some.size() < limit; ++next)
    if (!phase || next->second.phase == *phase) some.push_back(next->second);
  return some;
}

void SlurmView::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { state_->fold(recorded, event); }) {
          const std::unique_lock lock(state_->mutex);
          state_->fold(recorded, event);
        }
      },
      recorded.event);
}

void SlurmView::save(std::string& out) const {
  ByteWriter{out}(state_->clusters, state_->runs, state_->ended);
}

void SlurmView::load(std::string_view bytes) {
  state_ = std::make_unique<State>();
  auto loaded = std::make_unique<State>();
  ByteReader reader(bytes);
  reader(loaded->clusters, loaded->runs, loaded->ended);
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  state_ = std::move(loaded);
}

}  // namespace orrery
