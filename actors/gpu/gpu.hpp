#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/gpu_events.hpp"

namespace orrery {

/// The rules of one GPU: it belongs to one lease at a time, and fences only grow. Pure.
struct Gpu {
  static constexpr std::string_view stream_prefix = "gpu";

  struct Register {
    GpuRegistered description;
  };
  struct Claim {
    std::string lease_id;
    std::uint64_t fence = 0;
  };
  /// Give the GPU back from this lease. Where another lease (or none) has it, nothing happens.
  struct Release {
    std::string lease_id;
  };
  struct ReportFault {
    std::string reason;
  };
  /// The way back from quarantine: repair, verification, and `ReportRepaired` or back again.
  struct BeginRepair {};
  struct BeginVerification {};
  struct ReportVerificationFailed {
    std::string reason;
  };
  /// It takes leases again; an operator may say so at any time.
  struct ReportRepaired {};
  using Command = std::variant<Register, Claim, Release, ReportFault, BeginRepair,
                               BeginVerification, ReportVerificationFailed, ReportRepaired>;
  using Event = GpuEvent;
  enum class Rejection : std::uint8_t {
    gpu_is_not_registered,
    gpu_is_registered_differently,
    gpu_has_another_lease,
    gpu_is_faulty,
    fence_is_stale,
    gpu_has_a_lease,
    gpu_is_not_in_repair,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, gpu_is_not_registered, gpu_is_registered_differently,
                             gpu_has_another_lease, gpu_is_faulty, fence_is_stale, gpu_has_a_lease,
                             gpu_is_not_in_repair)

  enum class Health : std::uint8_t { healthy, quarantined, in_repair, in_verification };
  BOOST_DESCRIBE_NESTED_ENUM(Health, healthy, quarantined, in_repair, in_verification)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Registered {
    GpuRegistered description;
    /// Empty where the GPU is free.
    std::string lease_id;
    /// The largest ever granted.
    std::uint64_t fence = 0;
    Health health = Health::healthy;

    bool operator==(const Registered&) const = default;
    BOOST_DESCRIBE_CLASS(Registered, (), (description, lease_id, fence, health), (), ())
  };
  using State = std::variant<Absent, Registered>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State&) { return false; }
};

/// Id of a GPU's stream: "<node id>:<index>".
std::string gpu_id(std::string_view node_id, std::uint32_t index);

}  // namespace orrery
