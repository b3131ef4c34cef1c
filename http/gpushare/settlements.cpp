#include "http/gpushare/settlements.hpp"

#include <exception>
#include <utility>

#include "actors/shared_node/shared_node_of.hpp"
#include "events/stream_name.hpp"

namespace orrery::gpushare {

void Settlements::await_names(std::string client_id, NamesSettled done) {
  const std::lock_guard lock(mutex_);
  names_.insert_or_assign(std::move(client_id), std::move(done));
}

void Settlements::await_node(std::string shared_node_id, NodeReady done) {
  const std::lock_guard lock(mutex_);
  nodes_.insert_or_assign(std::move(shared_node_id), std::move(done));
}

void Settlements::forget_names(std::string_view client_id) { take(names_, client_id); }

void Settlements::forget_node(std::string_view shared_node_id) { take(nodes_, shared_node_id); }

template <class Done>
Done Settlements::take(Waiting<Done>& waiting, std::string_view id) {
  const std::lock_guard lock(mutex_);
  const auto found = waiting.find(id);
  if (found == waiting.end()) return {};
  auto done = std::move(found->second);
  waiting.erase(found);
  return done;
}

namespace {

/// A failure of who waits must not end the log actor, which serves everybody.
template <class Done, class... What>
void tell(const Done& done, What... what) {
  if (!done) return;
  try {
    done(what...);
  } catch (const std::exception&) {
    // His request gets no answer, as where the server stops.
  }
}

}  // namespace

void Settlements::settle_names(std::string_view client_id, NamesOutcome outcome) {
  tell(take(names_, client_id), outcome);
}

void Settlements::settle_node(std::string_view shared_node_id) {
  tell(take(nodes_, shared_node_id));
}

void Settlements::on_commit(const CommittedBatch& batch) {
  for (const auto& recorded : *batch) {
    const auto id = stream_id(recorded.stream);
    if (std::holds_alternative<ClientNamesGranted>(recorded.event)) {
      settle_names(id, NamesOutcome::granted);
    } else if (const auto* refused = std::get_if<ClientNamesRefused>(&recorded.event)) {
      settle_names(id, refused->taken == ClientNameKind::username ? NamesOutcome::username_taken
                                                                  : NamesOutcome::email_taken);
    } else if (std::holds_alternative<ClientErased>(recorded.event)) {
      settle_names(id, NamesOutcome::erased);
    } else if (std::holds_alternative<NodeBecameReady>(recorded.event)) {
      if (const auto shared_node_id = shared_node_of(id)) settle_node(*shared_node_id);
    } else if (std::holds_alternative<SharedNodeWithdrawn>(recorded.event)) {
      settle_node(id);
    }
  }
}

}  // namespace orrery::gpushare
