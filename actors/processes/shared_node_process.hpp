#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "actors/processes/shared_node_record.hpp"
#include "actors/runtime/tailer.hpp"

namespace orrery {

/// Makes of every offered machine a node like any other (node/shared-<id>) that is ready at first,
/// and takes it out of use when the offer is withdrawn: lost, and cordoned. Offers of clients who
/// are erased, or whose node is refused, it withdraws. Pure.
///
/// What an offer is owed is a function of its record (shared_node_record.hpp), so a crash between
/// any two steps needs no care. It is forgotten once it is withdrawn and its node is out of use.
class SharedNodeProcess {
 public:
  using Owed = OwedCommand;
  static constexpr std::string_view name = "process/shared_node";

  void apply(const RecordedEvent& event);
  std::vector<OwedCommand> due();
  std::vector<OwedCommand> resume();
  void refused(const RefusedCommand& command);
  void save(std::string& out) const;
  void load(std::string_view bytes);

  /// Offers that it still remembers.
  std::size_t node_count() const { return nodes_.size(); }

 private:
  void on(const RecordedEvent& recorded, const SharedNodeRegistered& event);
  void on(const RecordedEvent& recorded, const SharedNodeWithdrawn& event);
  void on(const RecordedEvent& recorded, const ClientErased& event);
  void on(const RecordedEvent& recorded, const NodeRegistered& event);
  void on(const RecordedEvent& recorded, const NodeBecameReady& event);
  void on(const RecordedEvent& recorded, const NodeLost& event);
  void on(const RecordedEvent& recorded, const NodeCordoned& event);
  void on(const RecordedEvent& recorded, const NodeUncordoned& event);

  /// Changes the record of a shared node, and sees to what follows from that. One that isn't there
  /// is one that was withdrawn and is out of use.
  template <class Change>
  void update(std::string_view id, const RecordedEvent& recorded, Change change);
  /// The same for an event of a node, where the node is a shared one.
  template <class Change>
  void update_node(const RecordedEvent& recorded, Change change);
  static void append_owed(const std::string& id, SharedNodeRecord& node,
                          std::vector<OwedCommand>& owed);

  std::map<std::string, SharedNodeRecord, std::less<>> nodes_;
  /// They may offer something a moment after they are gone.
  std::set<std::string, std::less<>> erased_clients_;
  /// Nodes that are named like ours and aren't.
  std::set<std::string, std::less<>> strangers_;

  bool resumed_ = false;
  /// Offers that `due` looks at.
  std::set<std::string, std::less<>> noted_;
};

static_assert(CommandingTailer<SharedNodeProcess>);

}  // namespace orrery
