#include <utility>

#include "cli/admin_arguments.hpp"

namespace orrery::admin_arguments {
namespace {

constexpr auto client = in_path("client_id", "number of the client");

std::vector<AdminVerb> clients() {
  return {
      {"client",
       "list",
       "all, or those who wait for approval",
       "GET",
       "/clients",
       {in_query("role", "user, gpu_provider or admin"), in_query("approved", "true or false"),
        in_query("username", "the whole name"), in_query("email", "the whole address")},
       {"id", "username", "email", "role", "approved", "provider_since", "registered_at"}},
      {"client", "show", "one", "GET", "/clients/{client_id}", {client}, {}},
      {"client",
       "approve",
       "let a provider's nodes have work",
       "POST",
       "/clients/{client_id}/approve",
       {client},
       {}},
      {"client",
       "suspend",
       "let a provider's nodes have no more work",
       "POST",
       "/clients/{client_id}/suspend",
       {client},
       {}},
      {"client",
       "role",
       "change what a client may do",
       "POST",
       "/clients/{client_id}/role",
       {client, {"role", "user, gpu_provider or admin", Place::body_word, true, Form::text}},
       {}},
      {"client",
       "erase",
       "erase a client and everything of his; nobody can read him any more",
       "DELETE",
       "/clients/{client_id}",
       {client},
       {}},
  };
}

std::vector<AdminVerb> nodes_and_usage() {
  return {
      {"shared-node",
       "list",
       "machines that people share",
       "GET",
       "/shared-nodes",
       {in_query("model", "only those that offer this model"),
        in_query("client", "only this client's")},
       {"id", "client_id", "model", "reach", "gpu_model", "gpu_count", "ready", "approved",
        "last_seen_at"}},
      {"shared-node",
       "show",
       "one, with what it says about its GPUs",
       "GET",
       "/shared-nodes/{shared_node_id}",
       {in_path("shared_node_id", "number of the shared node")},
       {}},
      {"usage",
       "show",
       "by day, provider, client and model",
       "GET",
       "/usage",
       {in_query("from", "first day (UTC), such as 2027-01-01; 30 days back, if absent"),
        in_query("to", "last day, included; today, if absent"),
        in_query("provider", "only what was used of this client's nodes"),
        in_query("client", "only what this client used")},
       {"date", "provider_id", "client_id", "model", "gpu_seconds", "answers", "tokens"}},
  };
}

}  // namespace

std::vector<AdminVerb> of_marketplace() {
  auto all = clients();
  for (auto& verb : nodes_and_usage()) all.push_back(std::move(verb));
  return all;
}

}  // namespace orrery::admin_arguments
