// What a request of the NeoLink dialect costs: reading a create's body, rendering an instance,
// finding one, and finding a page in the middle of many.
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "bench/bench_report.hpp"
#include "http/neolink/instance_json.hpp"
#include "http/neolink/instance_request.hpp"

using namespace orrery;

namespace {

constexpr auto body =
    R"({"Cost":{"CostType":"1","CouponID":"","DiskSKUID":"1","GPUSKUID":"66","CostTime":""},)"
    R"("VolumeMount":[{"PathInContainer":"/root/data","Size":50,"Type":"shared-filesystem"}],)"
    R"("namespace":"xxx","displayName":"test1","image":"images.neolink-ai.com/matrixdc/tensorflow:)"
    R"(2.15.0-python3.10-cuda12.1.0-cudnn8-devel-ubuntu22.04","Region":""})";

OrderPlaced order(std::size_t number) {
  OrderPlaced placed;
  placed.order_id = "94b9e467-9d34-45bf-8e8f-e04115cf58b4";
  placed.instance_id = fmt::format("instance-{:08x}", number);
  auto& words = placed.specification;
  words.namespace_id = "3291380a-19e9-4892-a139-2fa92aa740e2";
  words.cluster = "host-cluster";
  words.display_name = "test1";
  words.image =
      "images.neolink-ai.com/matrixdc/"
      "tensorflow:2.15.0-python3.10-cuda12.1.0-cudnn8-devel-ubuntu22.04";
  words.sku_id = "66";
  words.gpu_model = "4090";
  words.gpu_resource_key = "nvidia.com/gpu-4090";
  words.gpu_count = 1;
  words.cpu_count = 16;
  words.memory_gib = 96;
  words.system_disk_gb = 30;
  words.volumes = {{"volume-920020f7", "/root/data", 50, true}};
  words.uid = "8d40c2e6-a0b0-45c2-9b40-a0de065104f5";
  placed.terms.price_fen = 250;
  placed.disk_sku_id = "1";
  return placed;
}

InstanceDetails running() {
  InstanceDetails instance;
  instance.order = order(1);
  instance.state = InstanceState::running;
  instance.placement = {"gpu-4090-03", {0}, 1};
  instance.address = {"172.31.213.79", 30'099};
  return instance;
}

/// Median of nanoseconds a call, over seven rounds.
void measure(const char* name, int count, const std::function<std::size_t()>& work) {
  std::vector<double> rounds;
  std::size_t hash = 0;
  for (int round = 0; round < 7; ++round) {
    const Stopwatch watch;
    hash = 0;
    for (int i = 0; i < count; ++i) hash = hash * 31 + work();
    rounds.push_back(watch.seconds() * 1e9 / count);
  }
  fmt::print(R"({{"bench":"{}","unit":"ns","measured":{:.0f},"hash":"{:016x}"}})"
             "\n",
             name, percentile(rounds, 0.5), hash);
}

}  // namespace

int main(int argc, char** argv) {
  const bool is_tiny = wants_tiny(argc, argv);
  const int count = is_tiny ? 100 : 100'000;
  const std::size_t instance_count = is_tiny ? 1'000 : 100'000;
  measure("neolink_read_create", count,
          [] { return neolink::read_instance_request(body).value().image.size(); });
  const auto instance = running();
  measure("neolink_render_instance", count, [&] {
    return boost::json::serialize(
               neolink::instance_json(instance, {}, {}, neolink::InstanceForm::listed))
        .size();
  });

  InstanceView view;
  RecordedEvent recorded;
  for (std::size_t i = 0; i < instance_count; ++i) {
    recorded.position = i + 1;
    recorded.event = order(i);
    view.apply(recorded);
  }
  const auto namespace_id = instance.order.specification.namespace_id;
  const auto name = order(instance_count / 2).instance_id;
  measure("neolink_find_instance", count,
          [&] { return view.find(namespace_id, name)->name().size(); });
  measure("neolink_page_of_100", count / 10, [&] {
    return view.list(namespace_id, "host-cluster", instance_count / 2, 100).instances.size();
  });
}
