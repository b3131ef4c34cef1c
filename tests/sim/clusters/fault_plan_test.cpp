#include "sim/clusters/fault_plan.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <catch2/catch.hpp>

using namespace orrery;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;

namespace {

const SimulatedClusterRequested machines{"H100-80GB", 2'048, 8, 0, 0, 7};

SimulatedFaultsSet at_rates(FaultRates rates) { return {rates, {}}; }

bool equal(const PlannedFault& left, const PlannedFault& right) {
  return left.at == right.at && left.kind == right.kind && left.node_id == right.node_id &&
         left.gpu_index == right.gpu_index && left.reason == right.reason &&
         left.span == right.span;
}

/// In pieces of an hour, as a server that looks now and then asks.
std::vector<PlannedFault> planned_for(const SimulatedFaultsSet& faults, hours span) {
  std::vector<PlannedFault> all;
  for (hours at{0}; at < span; ++at)
    for (auto& fault : planned_faults("titan", machines, faults, at, at + hours(1)))
      all.push_back(std::move(fault));
  return all;
}

}  // namespace

TEST_CASE("the published rates break a cluster as often as the published one broke", "[sim]") {
  // 54 days on 16,384 GPUs: 177 and 91 faults of GPUs, 46 machines, 42 times the network.
  const auto faults = planned_for(at_rates(published_fault_rates()), hours(54 * 24));
  std::map<FaultKind, double> counts;
  for (const auto& fault : faults) counts[fault.kind] += 1;
  const auto is_about = [](double count, double published) {
    return std::abs(count - published) < 4 * std::sqrt(published);
  };
  CHECK(is_about(counts[FaultKind::xid], 177));
  CHECK(is_about(counts[FaultKind::ecc], 91));
  CHECK(is_about(counts[FaultKind::node_loss], 46));
  CHECK(is_about(counts[FaultKind::partition], 42));
  for (const auto& fault : faults) {
    const bool is_of_gpu = fault.kind == FaultKind::xid || fault.kind == FaultKind::ecc;
    CHECK(fault.reason.starts_with("XID ") == is_of_gpu);
    CHECK(fault.gpu_index < 8);
    CHECK((fault.span.count() > 0) == !is_of_gpu);
  }
}

TEST_CASE("what breaks is the same however it is asked for", "[sim]") {
  const auto faults = at_rates({2'000, 1'000, 3'000, 3'000, 0});
  const auto whole = planned_faults("titan", machines, faults, microseconds(0), hours(6));
  CHECK(whole.size() > 300);
  CHECK(std::ranges::is_sorted(whole, {}, &PlannedFault::at));
  std::vector<PlannedFault> pieces;
  const microseconds piece = std::chrono::milliseconds(41'234);
  for (microseconds at{0}; at < hours(6); at += piece)
    for (auto& fault : planned_faults("titan", machines, faults, at,
                                      std::min<microseconds>(at + piece, hours(6))))
      pieces.push_back(std::move(fault));
  CHECK(std::ranges::equal(whole, pieces, equal));
}

TEST_CASE("another seed or name breaks at other times", "[sim]") {
  const auto faults = at_rates({1'000, 0, 0, 0, 0});
  const auto first = planned_faults("titan", machines, faults, microseconds(0), hours(2));
  auto reseeded = machines;
  reseeded.seed = 8;
  const auto other = planned_faults("titan", reseeded, faults, microseconds(0), hours(2));
  const auto renamed = planned_faults("rhea", machines, faults, microseconds(0), hours(2));
  CHECK_FALSE(std::ranges::equal(first, other, equal));
  CHECK_FALSE(std::ranges::equal(first, renamed, {}, &PlannedFault::at, &PlannedFault::at));
}

TEST_CASE("a script's faults come when it says, and once", "[sim]") {
  SimulatedFaultsSet faults;
  faults.script = {{90'000, FaultKind::xid, "titan-000001", 3, 79, 0},
                   {30'000, FaultKind::node_loss, "titan-000002", 0, 0, 60'000}};
  const auto planned = planned_faults("titan", machines, faults, microseconds(0), minutes(2));
  REQUIRE(planned.size() == 2);
  CHECK(planned[0].kind == FaultKind::node_loss);
  CHECK(planned[0].at == std::chrono::seconds(30));
  CHECK(planned[0].span == minutes(1));
  CHECK(planned[1].reason == "XID 79: GPU has fallen off the bus");
  CHECK(planned_faults("titan", machines, faults, minutes(2), hours(1)).empty());
  CHECK(planned_faults("titan", machines, faults, minutes(1), minutes(1)).empty());
}

TEST_CASE("no rate and no jump of the clock asks for more than there is room for", "[sim]") {
  const auto wild = at_rates({4'000'000'000, 0, 0, 0, 0});
  CHECK(planned_faults("titan", machines, wild, microseconds(0), minutes(1)).size() <= 20'000);
  const auto rare = at_rates({100, 0, 0, 0, 0});
  const auto year = planned_faults("titan", machines, rare, microseconds(0), hours(366 * 24));
  CHECK(year.size() < 100);
}

TEST_CASE("every XID has a text, known or not", "[sim]") {
  CHECK(xid_text(48) == "XID 48: double bit ECC error");
  CHECK(xid_text(999) == "XID 999");
}
