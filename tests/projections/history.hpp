#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "projections/runtime/view.hpp"

namespace orrery {

/// A log on paper: numbers events as the real one does, and hands them to views.
class History {
 public:
  /// One second passes between two events.
  const RecordedEvent& happened(std::string_view stream, Event event) {
    auto& recorded = events_.emplace_back();
    recorded.position = events_.size();
    recorded.stream = stream;
    recorded.version = ++versions_[recorded.stream];
    recorded.time = time_at(recorded.position);
    recorded.origin = {"test", 0, "request"};
    recorded.event = std::move(event);
    return recorded;
  }

  static Time time_at(Position position) { return Time(std::chrono::seconds(position)); }

  const std::vector<RecordedEvent>& events() const { return events_; }

  void fold_into(View& view) const {
    for (const auto& event : events_) view.apply(event);
  }

 private:
  std::vector<RecordedEvent> events_;
  std::map<std::string, Version> versions_;
};

/// A history and a view that has folded all of it.
template <class V>
struct Told : History {
  V view;

  Told& tell(std::string_view stream, Event event) {
    view.apply(happened(stream, std::move(event)));
    return *this;
  }
};

inline std::string saved(const View& view) {
  std::string bytes;
  view.save(bytes);
  return bytes;
}

inline VmRequested vm_of(std::string_view project, std::string_view name) {
  VmRequested requested;
  auto& specification = requested.specification;
  specification.project_id = project;
  specification.name = name;
  specification.type = "l40s-48gb.2x";
  specification.location = "us-east1-a";
  specification.image = "ubuntu22.04";
  specification.cluster = "us-east1-a";
  specification.gpu_model = "L40S-48GB";
  specification.gpu_count = 2;
  specification.credentials = {"account", "sealed"};
  requested.identity = {"disk-" + std::string(name), "SERIAL", "nic", "02:00:00:00:00:01", "ip"};
  return requested;
}

inline InstanceSpecification specification_of(std::string_view namespace_id,
                                              std::string_view display_name) {
  InstanceSpecification specification;
  specification.namespace_id = namespace_id;
  specification.cluster = "host-cluster";
  specification.display_name = display_name;
  specification.image = "images.neolink-ai.com/matrixdc/tensorflow:2.15.0";
  specification.sku_id = "66";
  specification.gpu_model = "4090";
  specification.gpu_resource_key = "nvidia.com/gpu-4090";
  specification.gpu_count = 1;
  specification.cpu_count = 16;
  specification.memory_gib = 96;
  specification.system_disk_gb = 30;
  specification.volumes = {{"volume-920020f7", "/root/data", 50, true}};
  specification.uid = "8d40c2e6-a0b0-45c2-9b40-a0de065104f5";
  return specification;
}

/// A pay-as-you-go order for the instance with this name.
inline OrderPlaced order_of(std::string_view instance, std::string_view namespace_id = "w",
                            std::string_view display_name = "test1") {
  OrderPlaced placed;
  placed.order_id = "order-" + std::string(instance);
  placed.instance_id = instance;
  placed.specification = specification_of(namespace_id, display_name);
  placed.terms.price_fen = 250;
  placed.disk_sku_id = "1";
  return placed;
}

inline OperationStarted create_of(std::string_view vm_id, const VmRequested& requested) {
  return {requested.specification.project_id, std::string(vm_id),
          CreateVm{requested.specification, requested.identity}};
}

}  // namespace orrery
