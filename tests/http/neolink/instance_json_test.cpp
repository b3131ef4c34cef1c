#include "http/neolink/instance_json.hpp"

#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;
using namespace orrery::neolink;

namespace {

/// What the document's create is answered, with ids of a test.
constexpr auto created =
    R"({"name":"instance-ccff84c2","namespace":"xxx","Region":"host-cluster","displayName":"test1",)"
    R"("description":"","annotations":{"neolink.ai/cost-coupon-id":"",)"
    R"("neolink.ai/cost-discount-id":"","neolink.ai/cost-disk-sku-id":"1",)"
    R"("neolink.ai/cost-gpu-sku-id":"66","neolink.ai/cost-order-id":"order-instance-ccff84c2",)"
    R"("neolink.ai/cost-time":"","neolink.ai/cost-type":"1","neolink.ai/description":"",)"
    R"("neolink.ai/display-name":"test1","neolink.ai/gpu.machine":"4090",)"
    R"("neolink.ai/gpu.resource.key":"nvidia.com/gpu-4090","neolink.ai/region":"host-cluster",)"
    R"("neolink.ai/saveDataEnabled":"false","neolink.ai/unit-price":"250"},)"
    R"("uid":"8d40c2e6-a0b0-45c2-9b40-a0de065104f5",)"
    R"("image":"images.neolink-ai.com/matrixdc/tensorflow:2.15.0","replicas":1,)"
    R"("resources":{"cpu":"16","memory":"96Gi","GPUNum":"1","GPUType":"4090"},)"
    R"("volumeMounts":[{"PathInContainer":"/","Type":"local-filesystem","Size":30,"PVCName":"",)"
    R"("displayName":"系统盘","filesystemType":"system"},{"PathInContainer":"/root/data",)"
    R"("Type":"shared-filesystem","Size":0,"PVCName":"volume-920020f7",)"
    R"("displayName":"磁盘-volume-920020f7","filesystemType":"data"}],)"
    R"("creationTimestamp":"2024-09-02T18:34:33+08:00","updateTimestamp":"0001-01-01T00:00:00Z",)"
    R"("ScheduleStopTimestamp":"0001-01-01T00:00:00Z","status":"Creating","cost":{"CostType":"1",)"
    R"("CostTime":"","DiscountID":"","GPUSKUID":"66","DiskSKUID":"1","CouponID":""}})";

const Time document_time{std::chrono::seconds(1'725'273'273)};

std::string text_of(const InstanceDetails& instance, InstanceForm form) {
  return boost::json::serialize(instance_json(instance, {}, {}, form));
}

}  // namespace

TEST_CASE("the document's create, key for key and in its order") {
  const auto instance = as_ordered(order_of("instance-ccff84c2", "xxx"), document_time);
  CHECK(text_of(instance, InstanceForm::listed) == created);
  std::string one = created;
  const std::string annotation = R"("neolink.ai/saveDataEnabled":"false",)";
  one.erase(one.find(annotation), annotation.size());
  CHECK(text_of(instance, InstanceForm::one) == one);
}

TEST_CASE("a discount is named where it wasn't over at the time of the order") {
  auto order = order_of("instance-ccff84c2");
  const auto now_s = seconds_of(document_time);
  const auto shown = [&](std::int64_t starts_at_s, std::int64_t ends_at_s) {
    order.terms.discount = {"10000", 4'800, starts_at_s, ends_at_s};
    const auto instance =
        instance_json(as_ordered(order, document_time), {}, {}, InstanceForm::one);
    CHECK(instance.at("cost").at("DiscountID") ==
          instance.at("annotations").at("neolink.ai/cost-discount-id"));
    return std::string(instance.at("cost").at("DiscountID").as_string());
  };
  CHECK(shown(now_s - 10, now_s + 10) == "10000");
  CHECK(shown(now_s + 10, now_s + 20) == "10000");
  CHECK(shown(now_s - 20, now_s) == "");
}

TEST_CASE("an instance that failed says why, and has no volumes") {
  auto instance = as_ordered(order_of("instance-ccff84c2"), document_time);
  instance.state = InstanceState::failed;
  instance.failure_message = "No GPUs are free.";
  const auto shown = instance_json(instance, {}, {}, InstanceForm::one);
  CHECK(shown.at("description") == "No GPUs are free.");
  CHECK(shown.at("annotations").at("neolink.ai/description") == "No GPUs are free.");
  CHECK(shown.at("volumeMounts").at(1).at("Size") == 0);
}

TEST_CASE("every state has a name") {
  CHECK(status_name(InstanceState::creating) == "Creating");
  CHECK(status_name(InstanceState::running) == "Running");
  CHECK(status_name(InstanceState::shutting_down) == "Shutting Down");
  CHECK(status_name(InstanceState::shutdown) == "Shutdown");
  CHECK(status_name(InstanceState::starting) == "Starting");
  CHECK(status_name(InstanceState::deleting) == "Deleting");
  CHECK(status_name(InstanceState::failed) == "Failed");
}
