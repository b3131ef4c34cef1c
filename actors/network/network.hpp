#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/network_events.hpp"

namespace orrery {

/// The rules of one private network and its subnets. Whether a VM still has an address there is
/// seen to by who sends the command. Pure.
struct Network {
  static constexpr std::string_view stream_prefix = "network";

  /// Large enough for a subnet with a host, and no larger than what is set aside for private use.
  static constexpr std::uint8_t prefix_length_min = 8;
  static constexpr std::uint8_t prefix_length_max = 29;
  static constexpr std::size_t subnet_count_max = 256;

  struct Create {
    NetworkCreated description;
  };
  struct Rename {
    std::string name;
  };
  struct AddSubnet {
    SubnetAdded description;
  };
  struct RenameSubnet {
    std::string subnet_id;
    std::string name;
  };
  /// Decides nothing where there is no such subnet (any more).
  struct RemoveSubnet {
    std::string subnet_id;
  };
  struct Delete {};
  using Command = std::variant<Create, Rename, AddSubnet, RenameSubnet, RemoveSubnet, Delete>;
  using Event = NetworkEvent;
  enum class Rejection : std::uint8_t {
    name_must_not_be_empty,
    cidr_is_malformed,
    network_does_not_exist,
    network_exists_already,
    network_is_deleted,
    subnet_does_not_exist,
    subnet_exists_already,
    subnet_is_removed,
    subnet_lies_outside_the_network,
    subnet_overlaps_with_another,
    too_many_subnets
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, name_must_not_be_empty, cidr_is_malformed,
                             network_does_not_exist, network_exists_already, network_is_deleted,
                             subnet_does_not_exist, subnet_exists_already, subnet_is_removed,
                             subnet_lies_outside_the_network, subnet_overlaps_with_another,
                             too_many_subnets)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Subnet {
    /// As it was added; its name now stands in `name`.
    SubnetAdded description;
    std::string name;

    bool operator==(const Subnet&) const = default;
    BOOST_DESCRIBE_CLASS(Subnet, (), (description, name), (), ())
  };
  struct Existing {
    /// As it was created; its name now stands in `name`.
    NetworkCreated description;
    std::string name;
    /// By id.
    std::map<std::string, Subnet> subnets;
    /// Ids that never come back: a late retry must not bring a subnet to life again.
    std::set<std::string> removed_subnets;

    bool operator==(const Existing&) const = default;
    BOOST_DESCRIBE_CLASS(Existing, (), (description, name, subnets, removed_subnets), (), ())
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
