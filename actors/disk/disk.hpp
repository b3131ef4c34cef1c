#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/disk_events.hpp"

namespace orrery {

/// The rules of one data disk: who uses it is decided here, and nowhere else. Pure.
struct Disk {
  static constexpr std::string_view stream_prefix = "disk";

  struct Create {
    DiskCreated description;
  };
  struct Resize {
    std::uint64_t size_gib = 0;
  };
  /// The VM shall have the disk.
  struct Attach {
    std::string vm_id;
    DiskMode mode = DiskMode::read_write;
  };
  /// The VM needs it no more. Decides nothing where it never had it, or the disk is gone.
  struct Detach {
    std::string vm_id;
  };
  struct Delete {};
  using Command = std::variant<Create, Resize, Attach, Detach, Delete>;
  using Event = DiskEvent;
  enum class Rejection : std::uint8_t {
    name_must_not_be_empty,
    size_must_not_be_zero,
    block_size_must_be_512_or_4096,
    disk_does_not_exist,
    disk_exists_already,
    disk_is_deleted,
    disk_cannot_shrink,
    disk_is_attached,
    disk_is_attached_differently,
    disk_is_in_use
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, name_must_not_be_empty, size_must_not_be_zero,
                             block_size_must_be_512_or_4096, disk_does_not_exist,
                             disk_exists_already, disk_is_deleted, disk_cannot_shrink,
                             disk_is_attached, disk_is_attached_differently, disk_is_in_use)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Existing {
    /// As it was created; its size now stands in `size_gib`.
    DiskCreated description;
    std::uint64_t size_gib = 0;
    /// By VM.
    std::map<std::string, DiskMode> attachments;

    bool operator==(const Existing&) const = default;
    BOOST_DESCRIBE_CLASS(Existing, (), (description, size_gib, attachments), (), ())
  };
  struct Deleted {
    bool operator==(const Deleted&) const = default;
    BOOST_DESCRIBE_CLASS(Deleted, (), (), (), ())
  };
  using State = std::variant<Absent, Existing, Deleted>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State& state) { return std::holds_alternative<Deleted>(state); }
};

}  // namespace orrery
