#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "actors/network/ipv4_block.hpp"
#include "actors/runtime/command.hpp"
#include "events/archive.hpp"
#include "events/envelope.hpp"

namespace orrery {

/// Sees to it that every project has its default network (events/default_network.hpp), with one
/// subnet for each location that a cluster was declared at. A project is known from its creation,
/// or from the first operation or VM in it: there are logs older than networks. What a customer
/// deletes stays deleted.
///
/// A part of `ResourceProcess`, and pure as it is.
class DefaultNetworks {
 public:
  static constexpr std::string_view network_name = "default-vpc-network";

  void apply(const RecordedEvent& recorded);

  /// As of `Tailer`.
  std::vector<OwedCommand> due(std::string_view process_name);
  std::vector<OwedCommand> resume(std::string_view process_name);

  void refused(const std::string& network_id, const orrery::Network::Command& command);

  void save(ByteWriter& writer) const;
  void load(ByteReader& reader);

 private:
  struct Subnet {
    std::string cidr;
    bool removed = false;
    BOOST_DESCRIBE_CLASS(Subnet, (), (cidr, removed), (), ())
  };
  struct Network {
    bool created = false;
    bool deleted = false;
    /// By id: the customer's own too, for theirs must not be overlapped.
    std::map<std::string, Subnet> subnets;
    /// The event that made the project known, for the origin of commands.
    std::uint64_t causation = 0;
    std::string correlation;

    BOOST_DESCRIBE_CLASS(Network, (), (created, deleted, subnets, causation, correlation), (), ())

    /// What was asked for and hasn't been seen yet: the network, and subnets with their blocks.
    bool asked = false;
    std::map<std::string, Ipv4Block> asked_subnets;
  };

  void on(const RecordedEvent& recorded, const ProjectCreated& event);
  void on(const RecordedEvent& recorded, const OperationStarted& event);
  void on(const RecordedEvent& recorded, const VmRequested& event);
  void on(const RecordedEvent& recorded, const ClusterDeclared& event);
  void on(const RecordedEvent& recorded, const NetworkCreated& event);
  void on(const RecordedEvent& recorded, const SubnetAdded& event);
  void on(const RecordedEvent& recorded, const SubnetRemoved& event);
  void on(const RecordedEvent& recorded, const NetworkDeleted& event);

  void meet(std::string_view project_id, const RecordedEvent& recorded);
  /// Looks at the project again to which the network of this event belongs.
  void note_project_of(const RecordedEvent& recorded);
  /// The default network of a project that a network's event is about; null for others.
  Network* network_of(const RecordedEvent& recorded);
  void append_owed(const std::string& project_id, std::vector<OwedCommand>& owed,
                   std::string_view process_name);
  static std::vector<Ipv4Block> blocks_in_use(const Network& network);

  /// By project.
  std::map<std::string, Network, std::less<>> networks_;
  std::set<std::string, std::less<>> locations_;
  /// Derived: the project of each default network.
  std::map<std::string, std::string, std::less<>> project_of_network_;

  bool resumed_ = false;
  /// Projects to look at.
  std::set<std::string> noted_;
};

}  // namespace orrery
