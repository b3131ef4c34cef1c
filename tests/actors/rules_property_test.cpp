#include <map>
#include <set>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "actors/gpu/gpu.hpp"
#include "actors/lease/lease.hpp"
#include "actors/operation/operation.hpp"
#include "actors/vm/vm.hpp"
#include "tests/support/play.hpp"

using namespace orrery;

TEST_CASE("whatever is commanded, a GPU has one lease at most and its fence never falls") {
  std::vector<Gpu::Command> commands{Gpu::Register{{"node-1", 0, "A40-48GB"}},
                                     Gpu::ReportFault{"ECC"},
                                     Gpu::BeginRepair{},
                                     Gpu::BeginVerification{},
                                     Gpu::ReportVerificationFailed{"ECC"},
                                     Gpu::ReportRepaired{}};
  for (const auto* lease : {"l1", "l2", "l3"}) {
    commands.push_back(Gpu::Release{lease});
    for (std::uint64_t fence = 1; fence < 6; ++fence) commands.push_back(Gpu::Claim{lease, fence});
  }
  CHECK(rc::check([&] {
    std::string holder;
    std::uint64_t fence = 0;
    play<Gpu>(commands, [&](const Gpu::State& before, const Gpu::Event& event) {
      if (const auto* claimed = std::get_if<GpuClaimed>(&event)) {
        RC_ASSERT(holder.empty() || holder == claimed->lease_id);
        RC_ASSERT(claimed->fence > fence);
        RC_ASSERT(std::get<Gpu::Registered>(before).health == Gpu::Health::healthy);
        holder = claimed->lease_id;
        fence = claimed->fence;
      } else if (const auto* released = std::get_if<GpuReleased>(&event)) {
        RC_ASSERT(holder == released->lease_id);
        holder.clear();
      }
    });
  }));
}

TEST_CASE("whatever is commanded, a lease is granted once at most and ends once") {
  const LeaseRequested request{"vm/1", "c", "A40-48GB", 2, WhenFull::queue};
  const std::vector<Lease::Command> commands{
      Lease::Request{request},         Lease::Queue{},
      Lease::Grant{{"n1", {0, 1}, 1}}, Lease::Grant{{"n2", {2, 3}, 2}},
      Lease::Refuse{"out_of_stock"},   Lease::Release{},
      Lease::Expire{"node_lost"}};
  CHECK(rc::check([&] {
    int grants = 0, ends = 0;
    play<Lease>(commands, [&](const Lease::State&, const Lease::Event& event) {
      RC_ASSERT(ends == 0);
      if (std::holds_alternative<LeaseGranted>(event)) RC_ASSERT(++grants == 1);
      if (event.index() >= 3) RC_ASSERT(++ends == 1);
    });
  }));
}

TEST_CASE("whatever is commanded, an operation ends once") {
  const std::vector<Operation::Command> commands{
      Operation::Start{{"p1", "vm-1", DeleteVm{}}}, Operation::Start{{"p1", "vm-2", DeleteVm{}}},
      Operation::Succeed{}, Operation::Fail{"cancelled", ""}};
  CHECK(rc::check([&] {
    int starts = 0, ends = 0;
    play<Operation>(commands, [&](const Operation::State&, const Operation::Event& event) {
      if (std::holds_alternative<OperationStarted>(event)) {
        RC_ASSERT(++starts == 1);
      } else {
        RC_ASSERT(++ends == 1);
      }
    });
  }));
}

TEST_CASE("whatever is commanded, a VM is placed once each time it is switched on, and dies once") {
  std::vector<Vm::Command> commands{Vm::Create{},
                                    Vm::Stop{},
                                    Vm::Start{},
                                    Vm::Reset{},
                                    Vm::Resize{{"a.2", "A", 2}},
                                    Vm::Resize{{"b.2", "B", 2}},
                                    Vm::Reserve{"r1"},
                                    Vm::Unreserve{},
                                    Vm::Delete{},
                                    Vm::ReportFailed{"gpu_fault", ""}};
  for (std::uint64_t number = 1; number < 4; ++number) {
    const auto address = "10.0.0." + std::to_string(number);
    const auto lease = "v." + std::to_string(number);
    commands.push_back(Vm::ChangeNetwork{{"s", PublicAddress::none, address, ""}});
    commands.push_back(Vm::ReportReset{number});
    for (std::uint64_t fence = number; fence < number + 2; ++fence) {
      commands.push_back(Vm::Place{{lease, "n1", {0}, fence}});
      commands.push_back(Vm::ReportStarted{address, "1.2.3.4", fence});
      commands.push_back(Vm::ReportStopped{fence});
      commands.push_back(Vm::ReportFailed{"driver_error", "", fence});
    }
  }
  CHECK(rc::check([&] {
    std::size_t switched_on = 0, placed = 0, ended = 0;
    play<Vm>(commands, [&](const Vm::State& before, const Vm::Event& event) {
      RC_ASSERT(!Vm::is_terminal(before));
      RC_ASSERT(std::holds_alternative<VmRequested>(event) ==
                std::holds_alternative<Vm::Absent>(before));
      switched_on += std::holds_alternative<VmRequested>(event) ||
                     std::holds_alternative<VmStartRequested>(event);
      placed += std::holds_alternative<VmPlaced>(event);
      RC_ASSERT(placed <= switched_on);
      ended += std::holds_alternative<VmDeleted>(event);
      RC_ASSERT(ended <= 1u);
    });
  }));
}
