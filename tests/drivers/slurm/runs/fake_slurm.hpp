#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "drivers/slurm/port/slurm_port.hpp"

namespace orrery {

/// A Slurm in memory, as forgetful as the real one: what was submitted since its last save is gone
/// after a crash, and the ids of that are given again.
struct FakeSlurm {
  bool is_up = true;
  std::string refusal = {};
  std::int64_t boot_time_s = 1'000;
  std::vector<SlurmJob> jobs = {};
  std::vector<SlurmOrder> orders = {};
  std::vector<SlurmJob> saved = {};
  std::uint64_t next_id = 1;
  std::uint64_t next_id_saved = 1;
  /// What it was told to signal, by name.
  std::vector<std::string> signalled = {};
  std::vector<int> signals = {};
  std::vector<std::string> cancelled = {};

  static SlurmFailure unknown() { return {SlurmTrouble::unknown, "Nobody answers."}; }

  SlurmResult<std::uint64_t> submit(const SlurmOrder& order) {
    if (!is_up) return unknown();
    if (!refusal.empty()) return SlurmFailure{SlurmTrouble::refused, refusal};
    orders.push_back(order);
    jobs.push_back({next_id, order.name, SlurmJobState::pending, "None"});
    return next_id++;
  }

  /// It doesn't run any of them, for a reason.
  void hold_back(const std::string& reason) {
    for (auto& job : jobs)
      if (job.state == SlurmJobState::pending) job.reason = reason;
  }

  SlurmJob* find(const std::string& name) {
    const auto found = std::ranges::find(jobs, name, &SlurmJob::name);
    return found == jobs.end() ? nullptr : &*found;
  }

  SlurmResult<void> cancel(std::uint64_t id, const std::string& name) {
    if (!is_up) return unknown();
    cancelled.push_back(name);
    auto* job = find(name);
    if (job != nullptr && job->id == id && !has_ended(job->state))
      job->state = SlurmJobState::cancelled;
    return {};
  }

  SlurmResult<void> signal(std::uint64_t id, const std::string& name, int signal) {
    if (!is_up) return unknown();
    const auto* job = find(name);
    if (job == nullptr || job->id != id) return {};
    signalled.push_back(name);
    signals.push_back(signal);
    return {};
  }

  void save() {
    saved = jobs;
    next_id_saved = next_id;
  }

  void crash() {
    jobs = saved;
    next_id = next_id_saved;
    ++boot_time_s;
  }

  std::size_t live_count() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(jobs, [](const auto& job) { return !has_ended(job.state); }));
  }
};

}  // namespace orrery
