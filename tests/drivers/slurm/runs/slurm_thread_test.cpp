#include "drivers/slurm/runs/slurm_thread.hpp"

#include <condition_variable>

#include <catch2/catch.hpp>

#include "actors/runtime/aggregate_actor.hpp"
#include "drivers/slurm/claim/claim_file.hpp"
#include "drivers/slurm/claim/claim_secret.hpp"
#include "events/codec.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "tests/drivers/slurm/runs/fake_slurm.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace orrery;

namespace {

constexpr std::chrono::seconds patience{60};

/// What the threads and the test share: the Slurm, the log, and what was reported.
struct Shared {
  std::mutex mutex;
  std::condition_variable changed;
  FakeSlurm slurm;
  MemoryEventLog log;
  std::vector<AddressedCommand> reports;
  int refusals = 0;

  template <class Condition>
  bool await(Condition condition) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, patience, condition);
  }

  /// With the mutex. False where it was refused.
  bool decide(const std::string& run, const SlurmRun::Command& command) {
    const auto known = replay<SlurmRun>(log, run);
    const auto decision = SlurmRun::decide(known.state, command);
    if (!decision) return false;
    for (std::size_t i = 0; i < decision->size(); ++i) {
      std::string payload;
      const Event event = std::visit([](const auto& fact) { return Event(fact); }, (*decision)[i]);
      encode(event, payload);
      const auto stream = stream_name(SlurmRun::stream_prefix, run);
      const Append append{
          stream, known.version + i, {}, "", {{tag_of(event), version_of(event), payload}}};
      log.commit({&append, 1}, Time{});
    }
    return true;
  }

  template <class Report, class A>
  bool has_report() const {
    return std::ranges::any_of(reports, [](const auto& report) {
      const auto* to = std::get_if<To<A>>(&report);
      return to != nullptr && std::holds_alternative<Report>(to->command);
    });
  }
};

class SharedSlurm : public SlurmPort {
 private:
  template <class Ask>
  auto with_slurm(Ask ask) {
    const std::lock_guard lock(shared_.mutex);
    auto answer = ask(shared_.slurm);
    shared_.changed.notify_all();
    return answer;
  }

 public:
  explicit SharedSlurm(Shared& shared) : shared_(shared) {}

  SlurmResult<std::uint64_t> submit(const SlurmOrder& order) override {
    return with_slurm([&](FakeSlurm& slurm) { return slurm.submit(order); });
  }
  SlurmResult<std::vector<SlurmJob>> jobs() override {
    return with_slurm(
        [](FakeSlurm& slurm) { return SlurmResult<std::vector<SlurmJob>>(slurm.jobs); });
  }
  SlurmResult<std::vector<SlurmNode>> nodes() override {
    SlurmNode node;
    node.name = "a1";
    node.address = "127.0.0.1";
    node.gpu_type = "a100";
    node.gpu_count = 4;
    node.cpu_count = 64;
    node.memory_mib = 1'000;
    node.partitions = {"gpu"};
    return std::vector{node};
  }
  SlurmResult<std::vector<SlurmPartition>> partitions() override {
    SlurmPartition partition;
    partition.name = "gpu";
    partition.state = "UP";
    return std::vector{partition};
  }
  SlurmResult<SlurmController> controller() override {
    return SlurmController{"fake", "22.05.8", 1'000};
  }
  SlurmResult<void> cancel(std::uint64_t id, const std::string& name) override {
    return with_slurm([&](FakeSlurm& slurm) { return slurm.cancel(id, name); });
  }
  SlurmResult<void> signal(std::uint64_t id, const std::string& name, int signal) override {
    return with_slurm([&](FakeSlurm& slurm) { return slurm.signal(id, name, signal); });
  }

 private:
  Shared& shared_;
};

}  // namespace

TEST_CASE("a thread brings a node up, hands a service over, and sees it through") {
  ScratchFolder folder;
  Shared shared;
  SlurmConfiguration configuration;
  configuration.directory = folder.path();
  configuration.tick = std::chrono::milliseconds(20);
  configuration.sandbox = SandboxMode::off;
  configuration.port_first = 29'500;
  configuration.port_last = 29'519;
  std::optional<SlurmThread> thread;
  const auto send = [&](OwedCommand owed) {
    {
      const std::lock_guard lock(shared.mutex);
      if (const auto* to = std::get_if<To<SlurmRun>>(&owed.command))
        shared.refusals += shared.decide(to->id, to->command) ? 0 : 1;
      shared.reports.push_back(owed.command);
      shared.changed.notify_all();
    }
    const bool is_of_run = std::holds_alternative<To<SlurmRun>>(owed.command) ||
                           std::holds_alternative<To<Service>>(owed.command);
    if (is_of_run) thread->accepted(owed.command);
  };
  thread.emplace(configuration, std::make_unique<SharedSlurm>(shared), LogAccess{&shared.log, {}},
                 SlurmThread::Ears{send, {}});
  thread->boot(BootNode{"slurm-a1", {}});
  REQUIRE(shared.await([&] { return shared.has_report<Node::ReportReady, Node>(); }));

  StartService start;
  start.service_id = "7";
  start.node_id = "slurm-a1";
  start.gpu_indices = {0};
  start.fence = 1;
  start.specification.launch.command = {"sleep", "1000"};
  thread->start(start);
  REQUIRE(shared.await([&] { return shared.slurm.find("7.1.1") != nullptr; }));

  const auto run = RunDirectory::of(folder.path(), "7", 1);
  const auto claim = read_claim(run, 1);
  REQUIRE(claim.has_value());
  run.write(ProcessRecord{"boot", {1, 1}, {2, 2}});
  {
    const std::lock_guard lock(shared.mutex);
    auto* job = shared.slurm.find("7.1.1");
    job->state = SlurmJobState::running;
    REQUIRE(shared.decide("7.1", SlurmRun::Claim{{1, job->id, "claimant", "a1"},
                                                 digest_of_claim_secret(claim->secret)}));
  }
  thread->hint();
  REQUIRE(shared.await([&] { return shared.has_report<Service::ReportReady, Service>(); }));

  run.write(ExitRecord{4u, {}, "", ""});
  {
    const std::lock_guard lock(shared.mutex);
    shared.slurm.find("7.1.1")->state = SlurmJobState::completed;
  }
  thread->hint();
  REQUIRE(shared.await([&] { return shared.has_report<Service::ReportExited, Service>(); }));
  CHECK(shared.await([&] { return run.is_reported(); }));
  thread.reset();
  CHECK(shared.refusals == 0);
}
