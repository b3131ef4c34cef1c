#pragma once

#include <cstdint>
#include <string_view>

#include "events/envelope.hpp"
#include "events/folds/id_map.hpp"

namespace orrery {

/// How many VMs have, or are about to get, an address in each subnet: a VM counts from its request
/// until it has failed or is deleted.
class SubnetUsers {
 public:
  void apply(const RecordedEvent& recorded);

  /// Whether `apply` would look at the event: for who must lock something first.
  static bool concerns(const RecordedEvent& recorded) {
    const auto& event = recorded.event;
    return std::holds_alternative<VmRequested>(event) ||
           std::holds_alternative<VmNetworkChanged>(event) ||
           std::holds_alternative<VmFailed>(event) || std::holds_alternative<VmDeleted>(event);
  }

  std::size_t count(std::string_view subnet_id) const {
    const auto* number = counts_.find(subnet_id);
    return number ? *number : 0;
  }

  /// The same events give the same bytes. `load` throws `MalformedBytes`.
  void save(ByteWriter& writer) const { subnet_of_vm_.save(writer); }
  void load(ByteReader& reader);

 private:
  void enter(std::string_view vm_id, std::string_view subnet_id);
  void leave(std::string_view vm_id);
  void count_up(std::string_view subnet_id);

  IdMap<std::string> subnet_of_vm_;
  /// Derived; never 0.
  IdMap<std::uint32_t> counts_;
};

}  // namespace orrery
