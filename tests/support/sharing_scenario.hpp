#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include <catch2/catch.hpp>

#include "tests/support/crash_everywhere.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/rule_world.hpp"

/// People of the marketplace with their names, offers and questions, with all rules and processes.
namespace orrery::sharing {

inline ClientNames names_of(const std::string& client_id, const std::string& username,
                            const std::string& email) {
  const auto subject = "client-" + client_id;
  return {{subject, username}, {subject, email}, "u-" + username, "e-" + email};
}

inline void request(RuleWorld& world, const std::string& client_id, const std::string& username,
                    const std::string& email) {
  ClientRegistered request;
  request.names = names_of(client_id, username, email);
  request.request_id = "register-" + client_id;
  world.send<Client>(client_id, Client::Register{std::move(request)});
}

inline void register_client(RuleWorld& world, const std::string& client_id,
                            const std::string& username, const std::string& email) {
  request(world, client_id, username, email);
  world.run();
}

inline void rename(RuleWorld& world, const std::string& client_id, const std::string& username,
                   const std::string& email) {
  world.send<Client>(client_id, Client::RequestNames{names_of(client_id, username, email)});
}

inline void offer(RuleWorld& world, const std::string& node_id, const std::string& client_id,
                  std::uint32_t gpu_count = 2) {
  SharedNodeRegistered offer;
  offer.client_id = client_id;
  offer.gpu_record_id = node_id;
  offer.model = offer.served_model = "tiny";
  offer.token_digest.assign(32, 't');
  offer.gpu_model = gpu_count == 0 ? "" : "RTX 4090";
  offer.gpu_count = gpu_count;
  offer.cpu_count = 8;
  world.send<SharedNode>(node_id, SharedNode::Register{std::move(offer)});
}

inline void ask(RuleWorld& world, const std::string& inference_id, const std::string& client_id,
                const std::string& shared_node_id) {
  InferenceAsked question{client_id, {"client-" + client_id, "question"}, "tiny", {}, {}};
  question.request_id = "ask-" + inference_id;
  world.send<Inference>(inference_id, Inference::Ask{std::move(question), shared_node_id});
}

template <class State>
bool is(const RuleWorld& world, const std::string& client_id) {
  return std::holds_alternative<State>(world.state<Client>(client_id));
}

/// Of an active client.
inline ClientNames names_in(const RuleWorld& world, const std::string& client_id) {
  return std::get<Client::Active>(world.state<Client>(client_id)).request.names;
}

/// Empty where it is free.
inline std::string owner_of(const RuleWorld& world, const std::string& handle) {
  const auto state = world.state<Handle>(handle);
  const auto* claimed = std::get_if<Handle::Claimed>(&state);
  return claimed ? claimed->client_id : "";
}

inline Node::Registered node_of(const RuleWorld& world, const std::string& shared_node_id) {
  return std::get<Node::Registered>(world.state<Node>(node_id_of_shared(shared_node_id)));
}

/// Events in, commands out: every event from `first` on, and what was owed after it.
inline std::string script(const RuleWorld& world, std::size_t first) {
  ClientProcess clients;
  SharedNodeProcess nodes;
  InferenceProcess inferences;
  std::string text;
  const auto owe = [&](std::vector<OwedCommand> owed) {
    for (const auto& command : owed) text.append("    ").append(command_text(command)).append("\n");
  };
  for (std::size_t i = 0; i < world.log().size(); ++i) {
    const auto& recorded = world.log()[i];
    if (i == first) clients.resume(), nodes.resume(), inferences.resume();
    clients.apply(recorded), nodes.apply(recorded), inferences.apply(recorded);
    if (i < first) continue;
    text.append(recorded.stream).append(" ").append(name_of(recorded.event)).append("\n");
    owe(clients.due()), owe(nodes.due()), owe(inferences.due());
  }
  return text;
}

/// Why the world isn't as it must be at rest; empty where it is.
inline std::string unrest_of_names(const RuleWorld& world) {
  std::size_t active_count = 0;
  for (const auto& [id, client] : world.all<Client>()) {
    if (std::holds_alternative<Client::Registering>(client)) return id + " waits for its names";
    const auto* active = std::get_if<Client::Active>(&client);
    if (!active) continue;
    ++active_count;
    if (active->wished) return id + " waits for other names";
    const auto& names = active->request.names;
    for (const auto& key : {names.username_key, names.email_key})
      if (owner_of(world, key) != id) return id + " hasn't the handle " + key;
  }
  for (const auto& [key, handle] : world.all<Handle>()) {
    const auto owner = owner_of(world, key);
    if (owner.empty()) continue;
    if (!is<Client::Active>(world, owner)) return key + " is kept by one who is gone";
    const auto names = names_in(world, owner);
    if (names.username_key != key && names.email_key != key) return key + " is kept in vain";
  }
  return world.client_process().client_count() == active_count ? "" : "others are remembered";
}

inline std::string unrest_of_offers(const RuleWorld& world) {
  std::size_t offered_count = 0;
  for (const auto& [id, offer] : world.all<SharedNode>()) {
    const auto machine = world.state<Node>(node_id_of_shared(id));
    const auto* node = std::get_if<Node::Registered>(&machine);
    if (const auto* offered = std::get_if<SharedNode::Offered>(&offer)) {
      ++offered_count;
      if (!node) return id + " has no node";
      if (is<Client::Erased>(world, offered->request.client_id)) return id + " is nobody's";
    } else if (node && node->description.driver == NodeDriver::owner) {
      if (node->ready || node->cordon_owners.empty()) return id + " is still in use";
    }
  }
  return world.shared_node_process().node_count() == offered_count ? "" : "others are remembered";
}

inline std::string unrest_of(const RuleWorld& world) {
  if (auto why = unrest_of_names(world); !why.empty()) return why;
  if (auto why = unrest_of_offers(world); !why.empty()) return why;
  const auto size = world.log().size();
  if (const auto owed = command_text(world.owed_by<ClientProcess>(size, size / 2)); !owed.empty())
    return "owed: " + owed;
  return command_text(world.owed_by<SharedNodeProcess>(size, size / 2));
}

/// Every client has the handles of his names and nobody has others, every offer a node, and nothing
/// is owed or remembered that needn't be.
inline void check_at_rest(const RuleWorld& world) {
  INFO(world.story());
  CHECK(unrest_of(world) == "");
}

inline void crash_everywhere(const RuleWorld& world) {
  orrery::crash_everywhere<ClientProcess, SharedNodeProcess, InferenceProcess>(world,
                                                                               check_at_rest);
}

inline void check_scenario(const std::string& name, const RuleWorld& world, std::size_t first = 0) {
  check_golden("scenarios/" + name + ".txt", script(world, first));
  check_at_rest(world);
  crash_everywhere(world);
}

}  // namespace orrery::sharing
