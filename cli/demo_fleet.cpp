#include "cli/demo_fleet.hpp"

#include <array>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <stdexcept>

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "cli/read_models.hpp"

namespace orrery {
namespace {

constexpr std::array<std::string_view, 3> locations{"us-east1-a", "us-northcentral1-a",
                                                    "us-southcentral1-a"};

struct NodeModel {
  std::string_view gpu_model;
  std::string_view short_name;
  std::uint32_t gpu_count = 0;
};
// The largest type of each model fills a node, so l40s-48gb.10x wants nodes of ten.
constexpr std::array<NodeModel, 4> models{{{"L40S-48GB", "l40s", 10},
                                           {"A100-80GB", "a100-80gb", 8},
                                           {"A100-40GB", "a100", 8},
                                           {"A40-48GB", "a40", 8}}};

To<Node> demo_node(std::uint32_t index) {
  const auto location = locations[index % locations.size()];
  const auto& model = models[index / locations.size() % models.size()];
  return {fmt::format("{}-{}-{:05}", location, model.short_name, index),
          Node::Register{{std::string(location), std::string(model.gpu_model), model.gpu_count}}};
}

constexpr std::string_view container_cluster = "host-cluster";
constexpr std::array<std::string_view, 4> container_models{"3090", "4090", "H20", "H100"};
constexpr std::uint32_t container_nodes_per_model = 3;

/// Such as "gpu-4090-03".
To<Node> container_node(std::string_view gpu_model, std::uint32_t number) {
  auto name = fmt::format("gpu-{}-{:02}", gpu_model, number);
  boost::algorithm::to_lower(name);
  return {std::move(name),
          Node::Register{{std::string(container_cluster), std::string(gpu_model), 8}}};
}

constexpr std::string_view service_cluster = "ai-factory";
constexpr std::uint32_t memory_mib_of_service_node = 512u << 10;

/// Four with GPUs, mel2001 and so on, and two that have more processors instead.
std::vector<To<Node>> service_nodes() {
  const auto node = [](std::string id, std::string gpu_model, std::uint32_t gpu_count,
                       std::uint32_t cpu_count) -> To<Node> {
    return {std::move(id), Node::Register{{std::string(service_cluster), std::move(gpu_model),
                                           gpu_count, cpu_count, memory_mib_of_service_node}}};
  };
  std::vector<To<Node>> nodes;
  for (int number = 2001; number <= 2004; ++number)
    nodes.push_back(node(fmt::format("mel{}", number), "A100-40GB", 4, 64));
  for (int number = 1; number <= 2; ++number)
    nodes.push_back(node(fmt::format("mel{:04}", number), "", 0, 128));
  return nodes;
}

constexpr std::string_view center_cluster = "aicenter";

struct CenterNodeModel {
  std::string_view prefix;
  std::string_view gpu_model;
  std::uint32_t node_count = 0;
  std::uint32_t gpu_count = 0;
  std::uint32_t cpus_per_gpu = 0;
  std::uint32_t gib_per_gpu = 0;
};
/// 11 servers, 56 GPUs: what a GPU may take with it is what there is (cli/center/inha.toml).
constexpr std::array<CenterNodeModel, 3> center_models{{{"a100-n", "a100", 4, 4, 20, 40},
                                                        {"sv8ka-n", "a40", 3, 8, 10, 100},
                                                        {"sv4ka-n", "a6000", 4, 4, 6, 40}}};

std::vector<To<Node>> center_nodes() {
  std::vector<To<Node>> nodes;
  for (const auto& model : center_models)
    for (std::uint32_t number = 1; number <= model.node_count; ++number)
      nodes.push_back({fmt::format("{}{}", model.prefix, number),
                       Node::Register{{std::string(center_cluster), std::string(model.gpu_model),
                                       model.gpu_count, model.gpu_count * model.cpus_per_gpu,
                                       model.gpu_count * model.gib_per_gpu << 10}}});
  return nodes;
}

To<Image> demo_image(std::string_view id, std::string_view name, std::string_view description,
                     std::string_view tag) {
  return {std::string(id), Image::Publish{{std::string(name),
                                           std::string(description),
                                           {std::string(tag)},
                                           {locations.begin(), locations.end()}}}};
}

/// A million addresses each, of the shared address space (RFC 6598), which belongs to nobody's
/// machine: 100.64.0.0/10.
constexpr std::array<std::string_view, locations.size()> public_networks{
    "100.64.0.0/12", "100.80.0.0/12", "100.96.0.0/12"};

/// Of the mkinf document, in micro-USD.
struct DemoPrice {
  UsageMetric metric;
  std::string_view product;
  std::int64_t micro_usd_per_hour;
};
constexpr std::array<DemoPrice, 7> prices{{{UsageMetric::gpu_hours, "a40", 1'100'000},
                                           {UsageMetric::gpu_hours, "l40s-48gb", 1'250'000},
                                           {UsageMetric::gpu_hours, "a100", 1'600'000},
                                           {UsageMetric::gpu_hours, "a100-80gb", 1'810'000},
                                           {UsageMetric::gpu_hours, "a100-80gb-sxm", 2'150'000},
                                           {UsageMetric::disk_gb_hours, "persistent-ssd", 130},
                                           {UsageMetric::disk_gb_hours, "shared-volume", 130}}};

/// Sends commands that may all be under way at once, a bounded number of them, and waits for the
/// last answer. Its replies come from other threads.
class Declarations {
 public:
  explicit Declarations(CommandGateway& gateway) : gateway_(gateway) {}
  ~Declarations() { wait_until_at_most(0); }

  /// Calls `changed` with whether the command changed anything, on another thread.
  template <class A>
  void send(const To<A>& to, std::function<void(bool)> changed = {}) {
    wait_until_at_most(in_flight_max - 1);
    {
      const std::lock_guard lock(mutex_);
      ++in_flight_;
    }
    CommandMessage<A> message{to.id, to.command, {"process/demo", 0, "demo"}, ""};
    gateway_.submit<A>(std::move(message), [this, id = to.id, changed](const auto& outcome) {
      std::string failure;
      if (outcome.has_error())
        failure = outcome.error().reason;
      else if (outcome->rejection)
        failure = fmt::format("{}/{} exists and is another", A::stream_prefix, id);
      else if (changed)
        changed(outcome->position != 0);
      answered(std::move(failure));
    });
  }

  /// The first failure; empty where there is none.
  std::string finish() {
    wait_until_at_most(0);
    return failure_;
  }

 private:
  static constexpr std::size_t in_flight_max = 1024;

  void answered(std::string failure) {
    const std::lock_guard lock(mutex_);
    if (failure_.empty()) failure_ = std::move(failure);
    --in_flight_;
    changed_.notify_all();
  }

  void wait_until_at_most(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return in_flight_ <= count; });
  }

  CommandGateway& gateway_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t in_flight_ = 0;
  std::string failure_;
};

}  // namespace

void throw_exception_from_error(const DemoFailure& failure, const boost::source_location&) {
  throw std::logic_error(failure.message);
}

DemoFleet demo_fleet(std::uint32_t node_count) {
  DemoFleet fleet;
  for (const auto location : locations) {
    const ClusterDeclared policy{std::string(location), WhenFull::refuse, PlacementStrategy::pack};
    fleet.clusters.push_back({std::string(location), Cluster::Declare{policy}});
  }
  fleet.clusters.push_back({std::string(container_cluster), Cluster::Declare{{}}});
  fleet.clusters.push_back({std::string(service_cluster), Cluster::Declare{{"", WhenFull::queue}}});
  fleet.clusters.push_back({std::string(center_cluster), Cluster::Declare{{}}});
  fleet.service_nodes = service_nodes();
  fleet.center_nodes = center_nodes();
  for (const auto model : container_models)
    for (std::uint32_t number = 1; number <= container_nodes_per_model; ++number)
      fleet.container_nodes.push_back(container_node(model, number));
  for (std::size_t i = 0; i < locations.size(); ++i)
    fleet.address_pools.push_back(
        {std::string(locations[i]),
         AddressPool::Declare{{std::string(locations[i]), std::string(public_networks[i])}}});
  for (const auto& price : prices)
    fleet.prices.push_back(
        {price_id(price.metric, price.product),
         Price::Change{{price.metric, std::string(price.product), price.micro_usd_per_hour}}});
  fleet.images = {
      demo_image("9abde4b7-15e8-4abd-891c-42242eb3567e", "ubuntu22.04-nvidia-pcie-docker",
                 "Ubuntu 22.04, NVIDIA Driver 535.x, CUDA 12.0, nvidia-docker", "2023-11-16"),
      demo_image("5f0c2a0e-6a0a-4b66-9c52-0b8a52a0f6d1", "ubuntu22.04-nvidia-sxm-docker",
                 "Ubuntu 22.04, NVIDIA Driver 535.x, CUDA 12.0, Fabric Manager, nvidia-docker",
                 "2023-11-16"),
      demo_image("0d3c7f52-5c0e-4d0b-8f58-5f3a8c1f9b27", "ubuntu20.04-nvidia-pcie-docker",
                 "Ubuntu 20.04, NVIDIA Driver 535.x, CUDA 12.0, nvidia-docker", "2023-11-16"),
      demo_image("c1a4e0b9-2f7d-4e7e-9a53-7a1d6b3e8c44", "ubuntu22.04", "Ubuntu 22.04",
                 "2023-11-16"),
  };
  for (std::uint32_t index = 0; index < node_count; ++index)
    fleet.nodes.push_back(demo_node(index));
  return fleet;
}

DemoFleet first_prices(const ReadModels& models) {
  DemoFleet fleet;
  if (models.metering.prices().empty()) fleet.prices = demo_fleet(0).prices;
  return fleet;
}

void leave_out_known(DemoFleet& fleet, const ReadModels& models) {
  const auto catalogue = models.catalogue.current();
  std::set<std::string> known_pools, known_prices;
  for (const auto& pool : catalogue->address_pools) known_pools.insert(pool.name);
  for (const auto& each : models.metering.prices())
    known_prices.insert(price_id(each.price.metric, each.price.product));
  std::erase_if(fleet.clusters, [&](const auto& to) { return catalogue->cluster(to.id); });
  std::erase_if(fleet.images, [&](const auto& to) { return catalogue->image_by_id(to.id); });
  std::erase_if(fleet.address_pools, [&](const auto& to) { return known_pools.contains(to.id); });
  std::erase_if(fleet.prices, [&](const auto& to) { return known_prices.contains(to.id); });
}

boost::system::result<FleetArrival::Count, DemoFailure> declare_fleet(CommandGateway& gateway,
                                                                      const DemoFleet& fleet) {
  std::atomic<std::uint64_t> new_nodes = 0;
  std::atomic<std::uint64_t> new_gpus = 0;
  Declarations declarations(gateway);
  for (const auto& cluster : fleet.clusters) declarations.send(cluster);
  for (const auto& pool : fleet.address_pools) declarations.send(pool);
  for (const auto& image : fleet.images) declarations.send(image);
  for (const auto& price : fleet.prices) declarations.send(price);
  if (auto failure = declarations.finish(); !failure.empty()) return DemoFailure{failure};
  const auto register_node = [&](const To<Node>& node) {
    const auto gpu_count = std::get<Node::Register>(node.command).description.gpu_count;
    declarations.send(node, [&, gpu_count](bool is_new) {
      new_nodes += is_new ? 1 : 0;
      new_gpus += is_new ? gpu_count : 0;
    });
  };
  for (const auto& node : fleet.nodes) register_node(node);
  for (const auto& node : fleet.container_nodes) register_node(node);
  for (const auto& node : fleet.service_nodes) register_node(node);
  for (const auto& node : fleet.center_nodes) register_node(node);
  if (auto failure = declarations.finish(); !failure.empty()) return DemoFailure{failure};
  return FleetArrival::Count{new_nodes, new_gpus};
}

}  // namespace orrery
