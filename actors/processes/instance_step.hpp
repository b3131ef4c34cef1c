#pragma once

#include <cstdint>

#include "actors/processes/failure.hpp"

namespace orrery {

struct InstanceRecord;

/// The one command that an instance is owed next.
enum class InstanceStep : std::uint8_t {
  nothing,

  // To the instance.
  create_instance,
  place_instance,
  interrupt,
  report_stopped,
  report_failed,

  // To what it holds.
  request_lease,
  release_lease,
  mount_volume,
  create_volume,
  unmount_volume,
  delete_volume,
  finish_volume,

  // To its customer's wallet and images.
  refund_order,
  refund_surplus_order,
  save_image,
};

/// A function of the record alone, and so the whole memory of the process: the life of an instance,
/// phase by phase.
InstanceStep owed_step(const InstanceRecord& instance);

/// True where nothing is owed and nothing will be; by what the log says alone, so that who folds it
/// again remembers the same instances.
bool is_finished(const InstanceRecord& instance);

/// Code and message for `InstanceStep::interrupt`, `report_failed` and the refund.
Failure failure_of(const InstanceRecord& instance);

}  // namespace orrery
