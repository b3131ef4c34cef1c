#include <catch2/catch.hpp>

#include "actors/price/price.hpp"
#include "actors/quota/quota.hpp"
#include "tests/support/given.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;

namespace {

ProjectLimits limits_of(std::uint32_t vms) {
  ProjectLimits limits;
  limits.vms = vms;
  return limits;
}

const PriceChanged a100{UsageMetric::gpu_hours, "a100-80gb", 1'810'000};

}  // namespace

TEST_CASE("quotas are set, and set again") {
  const auto set = given<Quota>({QuotaSet{limits_of(3)}});
  CHECK(given<Quota>({}).when(Quota::Set{limits_of(3)}).value() ==
        decided<Quota>({QuotaSet{limits_of(3)}}));
  CHECK(set.when(Quota::Set{limits_of(3)}).value().empty());
  CHECK(set.when(Quota::Set{{}}).value() == decided<Quota>({QuotaSet{}}));
  ProjectLimits debt;
  debt.month_micro_usd = -1;
  CHECK(set.when(Quota::Set{debt}).error() == Quota::Rejection::money_must_not_be_negative);
}

TEST_CASE("a price belongs to one product") {
  const auto in_force = given<Price>({a100});
  CHECK(given<Price>({}).when(Price::Change{a100}).value() == decided<Price>({a100}));
  CHECK(in_force.when(Price::Change{a100}).value().empty());
  CHECK(in_force.when(Price::Change{{UsageMetric::gpu_hours, "a100-80gb", 0}}).value().size() == 1);
  CHECK(in_force.when(Price::Change{{UsageMetric::gpu_hours, "a40", 1}}).error() ==
        Price::Rejection::price_is_of_another_product);
  CHECK(given<Price>({}).when(Price::Change{{UsageMetric::gpu_hours, "", 1}}).error() ==
        Price::Rejection::product_must_not_be_empty);
  CHECK(in_force.when(Price::Change{{UsageMetric::gpu_hours, "a100-80gb", -1}}).error() ==
        Price::Rejection::price_must_not_be_negative);
  CHECK(price_id(UsageMetric::disk_gb_hours, "persistent-ssd") == "disk_gb_hours.persistent-ssd");
}

TEST_CASE("every state of quotas and prices answers every command as the tables say", "[golden]") {
  check_state_table<Quota>({
      {{"never set", {}}, {"of 3 VMs", given<Quota>({QuotaSet{limits_of(3)}}).state}},
      {{"set to 3 VMs", Quota::Set{limits_of(3)}}, {"set to nothing", Quota::Set{{}}}},
  });
  check_state_table<Price>({
      {{"absent", {}}, {"in force", given<Price>({a100}).state}},
      {{"change to the same", Price::Change{a100}},
       {"change", Price::Change{{UsageMetric::gpu_hours, "a100-80gb", 2'000'000}}},
       {"change of another", Price::Change{{UsageMetric::gpu_hours, "a40", 1'100'000}}}},
  });
}
