#include "cli/agent_registration.hpp"

#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <sodium.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "cli/data_directory.hpp"
#include "cli/json_text.hpp"
#include "http/transfers/http_transfers.hpp"

namespace orrery {

namespace {

namespace json = boost::json;

/// The server's own words, where they are short enough to show.
AgentFailure failure_of(std::string_view what, const HttpOutcome& outcome) {
  constexpr std::size_t shown_max = 500;
  if (!outcome.failure.empty()) return {fmt::format("{}: {}", what, outcome.failure)};
  return {fmt::format("{}: the server answers {} {}", what, outcome.status,
                      outcome.body.substr(0, shown_max))};
}

json::value parse(const std::string& text) {
  boost::system::error_code failure;
  auto value = json::parse(text, failure);
  return failure ? json::value() : value;
}

/// The number that stands under `key`, in digits or as a number; 0 where there is none.
std::uint64_t number_of(const json::object& object, std::string_view key) {
  const auto* found = object.if_contains(key);
  if (found == nullptr) return 0;
  if (found->is_string()) return std::strtoull(found->as_string().c_str(), nullptr, 10);
  boost::system::error_code failure;
  const auto number = found->to_number<std::uint64_t>(failure);
  return failure ? 0 : number;
}

/// Whoever isn't an admin is shown himself alone.
AgentResult<std::uint64_t> find_user(const AgentAccount& account) {
  if (account.user_id != 0) return account.user_id;
  HttpTransfer transfer{"GET", account.server_url + "/client/list/", account.authorization};
  const auto outcome = transfer_now(transfer, account.ca_file);
  if (!outcome.is_success()) return failure_of("the credentials are no good", outcome);
  const auto list = parse(outcome.body);
  if (!list.is_array() || list.as_array().size() != 1)
    return AgentFailure{"these credentials show more than one client: say which with --user"};
  const auto& client = list.as_array().front();
  const auto* user = client.is_object() ? client.as_object().if_contains("user") : nullptr;
  const auto id = user != nullptr && user->is_object() ? number_of(user->as_object(), "id") : 0;
  if (id == 0) return AgentFailure{"the server shows no id of the client"};
  return id;
}

}  // namespace

void throw_exception_from_error(const AgentFailure& failure, const boost::source_location&) {
  throw std::runtime_error(failure.message);
}

std::string basic_authorization(std::string_view username, std::string_view password) {
  const auto plain = fmt::format("{}:{}", username, password);
  constexpr int variant = sodium_base64_VARIANT_ORIGINAL;
  std::vector<char> text(sodium_base64_encoded_len(plain.size(), variant));
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(plain.data()),
                    plain.size(), variant);
  return fmt::format("Basic {}", text.data());
}

AgentResult<AgentNode> register_node(const AgentAccount& account, json::object offer) {
  const auto user = find_user(account);
  if (!user) return user.error();
  offer["user"] = *user;
  AgentNode node;
  node.server_url = account.server_url;
  node.model = text_of(offer, "model_name");
  HttpTransfer transfer{"POST", account.server_url + "/llm_models/register/", account.authorization,
                        json::serialize(offer)};
  const auto outcome = transfer_now(transfer, account.ca_file);
  if (!outcome.is_success()) return failure_of("the node can't be registered", outcome);
  const auto answer = parse(outcome.body);
  if (answer.is_object()) {
    node.node_token = text_of(answer.as_object(), "node_token");
    node.node_id = std::to_string(number_of(answer.as_object(), "node_id"));
  }
  if (node.node_token.empty()) return AgentFailure{"the server has given no token for the node"};
  return node;
}

AgentResult<void> deregister_node(const AgentNode& node, const std::string& ca_file) {
  HttpTransfer transfer{"DELETE",
                        node.server_url + "/llm_models/deregister/",
                        {},
                        json::serialize(json::object{{"node_token", node.node_token}})};
  const auto outcome = transfer_now(transfer, ca_file);
  if (!outcome.is_success() && outcome.status != 404)
    return failure_of("the node can't be deregistered", outcome);
  return {};
}

AgentResult<std::optional<AgentNode>> read_agent_state(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return std::optional<AgentNode>();
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto value = parse(text);
  if (!in || !value.is_object())
    return AgentFailure{fmt::format("{} is no state of an agent", file.string())};
  const auto& object = value.as_object();
  AgentNode node{text_of(object, "server"), text_of(object, "node_id"),
                 text_of(object, "node_token"), text_of(object, "model")};
  if (node.node_token.empty())
    return AgentFailure{fmt::format("{} is no state of an agent", file.string())};
  return std::optional(std::move(node));
}

AgentResult<void> write_agent_state(const std::filesystem::path& file, const AgentNode& node) {
  const json::object state{{"server", node.server_url},
                           {"node_id", node.node_id},
                           {"node_token", node.node_token},
                           {"model", node.model}};
  const auto written = write_private_file(file, json::serialize(state) + "\n");
  if (!written) return AgentFailure{written.error().message};
  return {};
}

}  // namespace orrery
