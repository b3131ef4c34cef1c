#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "actors/runtime/string_index.hpp"
#include "storage/event_log.hpp"

namespace orrery::gpushare {

/// What a client's wish for names came to.
enum class NamesOutcome : std::uint8_t {
  granted,
  username_taken,
  email_taken,
  /// There is no such client any more.
  erased,
};

/// Tells requests what processes have made of their wishes: a client gets his names, or doesn't; a
/// new node stands. Hang it to the log actor after the views, so that whoever is told finds it in
/// every view. Any thread.
class Settlements : public CommitListener {
 public:
  using NamesSettled = std::function<void(NamesOutcome)>;
  using NodeReady = std::function<void()>;

  /// Before the command is sent that asks for them. `done` is called once at most, on the log's
  /// thread: keep it short; what it throws is lost. Nobody else waits for this client's names
  /// (`Client` takes one wish at a time); a later wait takes an earlier one's place.
  void await_names(std::string client_id, NamesSettled done);
  /// The same for the machine of a shared node (node/shared-<id>), also where its offer is
  /// withdrawn before it is ready.
  void await_node(std::string shared_node_id, NodeReady done);
  /// Where the command was refused.
  void forget_names(std::string_view client_id);
  void forget_node(std::string_view shared_node_id);

  void on_commit(const CommittedBatch& batch) override;

 private:
  template <class Done>
  using Waiting = std::unordered_map<std::string, Done, StringHash, std::equal_to<>>;
  /// Takes whoever waits for it out of the table; empty where nobody does.
  template <class Done>
  Done take(Waiting<Done>& waiting, std::string_view id);

  void settle_names(std::string_view client_id, NamesOutcome outcome);
  void settle_node(std::string_view shared_node_id);

  std::mutex mutex_;
  Waiting<NamesSettled> names_;
  Waiting<NodeReady> nodes_;
};

}  // namespace orrery::gpushare
