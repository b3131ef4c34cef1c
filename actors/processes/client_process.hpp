#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "actors/processes/client_record.hpp"
#include "actors/runtime/tailer.hpp"

namespace orrery {

/// Sees to it that nobody has the name of another: it claims a handle (handle/<key>) for each name
/// that a client wishes, and tells the client whether he may have them. Handles that a client has
/// no use for any more, it releases. Pure.
///
/// What a client is owed is a function of his record (client_record.hpp), so a crash between any
/// two steps needs no care. Clients who are refused or erased are forgotten once they hold no
/// handle.
class ClientProcess {
 public:
  using Owed = OwedCommand;
  static constexpr std::string_view name = "process/client";

  void apply(const RecordedEvent& event);
  std::vector<OwedCommand> due();
  std::vector<OwedCommand> resume();
  void refused(const RefusedCommand& command);
  void save(std::string& out) const;
  void load(std::string_view bytes);

  /// Clients that it still remembers.
  std::size_t client_count() const { return clients_.size(); }

 private:
  void on(const RecordedEvent& recorded, const ClientRegistered& event);
  void on(const RecordedEvent& recorded, const ClientNamesRequested& event);
  void on(const RecordedEvent& recorded, const ClientNamesGranted& event);
  void on(const RecordedEvent& recorded, const ClientNamesRefused& event);
  void on(const RecordedEvent& recorded, const ClientErased& event);
  void on(const RecordedEvent& recorded, const HandleClaimed& event);
  void on(const RecordedEvent& recorded, const HandleReleased& event);

  /// Changes the record of a client, and sees to what follows from that. One that isn't there is
  /// one that is gone.
  template <class Change>
  void update(std::string_view client_id, const RecordedEvent& recorded, Change change);
  static void append_owed(const std::string& id, ClientRecord& client,
                          std::vector<OwedCommand>& owed);

  std::map<std::string, ClientRecord, std::less<>> clients_;

  bool resumed_ = false;
  /// Clients that `due` looks at.
  std::set<std::string, std::less<>> noted_;
};

static_assert(CommandingTailer<ClientProcess>);

}  // namespace orrery
