#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "events/slurm_events.hpp"
#include "projections/runtime/view.hpp"

namespace orrery {

/// A Slurm as its driver has seen it.
struct SlurmClusterDetails {
  std::string name;
  SlurmControllerSeen controller;
  /// When that controller answered first.
  Time controller_since{};
  /// By their names in Slurm.
  std::map<std::string, SlurmNodeSeen> nodes;
  /// What others' jobs use, by the names of the nodes here.
  std::map<std::string, SlurmForeignUseSeen> foreign_uses;

  BOOST_DESCRIBE_CLASS(SlurmClusterDetails, (),
                       (name, controller, controller_since, nodes, foreign_uses), (), ())
};

/// How far the last attempt of a run is.
BOOST_DEFINE_FIXED_ENUM_CLASS(SlurmRunPhase, std::uint8_t,
                              /// To be handed to Slurm.
                              requested,
                              /// Slurm has it, and may still forget it.
                              submitted,
                              /// Slurm won't forget it.
                              placed,
                              /// It runs.
                              claimed,
                              /// The next is to come.
                              lost,
                              /// The run is over.
                              ended)

struct SlurmRunDetails {
  std::string id;
  SlurmRunPhase phase = SlurmRunPhase::requested;
  /// No attempt may start any more.
  bool is_withdrawn = false;
  /// 0 where it was withdrawn before the first.
  std::uint32_t attempt = 0;
  std::string node_id;
  /// 0 until Slurm gave one; of the attempt.
  std::uint64_t slurm_job_id = 0;
  std::int64_t boot_time_s = 0;
  /// Where it runs, or ran.
  std::string host;
  /// Why the attempt before, or this one, was lost.
  std::string lost_reason;
  std::optional<SlurmRunEnded> end;
  /// Of the first attempt.
  Time requested_at{};
  std::optional<Time> submitted_at;
  std::optional<Time> claimed_at;
  std::optional<Time> ended_at;

  BOOST_DESCRIBE_CLASS(SlurmRunDetails, (),
                       (id, phase, is_withdrawn, attempt, node_id, slurm_job_id, boot_time_s, host,
                        lost_reason, end, requested_at, submitted_at, claimed_at, ended_at),
                       (), ())
};

/// The Slurms that work is sent to, and the runs there: all that go on, and the last that ended.
class SlurmView : public View {
 public:
  static constexpr std::size_t ended_run_count_max = 10'000;

  SlurmView();
  ~SlurmView() override;

  /// By name.
  std::vector<SlurmClusterDetails> clusters() const;
  std::optional<SlurmRunDetails> find_run(std::string_view id) const;
  /// Those in the phase, or all, by id, from the first after `after` on.
  std::vector<SlurmRunDetails> runs(std::optional<SlurmRunPhase> phase, std::string_view after,
                                    std::size_t limit) const;

  std::string_view name() const override { return "slurm"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<SlurmView>(); }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery
