#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

namespace orrery {

/// A node as its agent knows it, and keeps it in a file for its next start.
struct AgentNode {
  std::string server_url;
  std::string node_id;
  std::string node_token;
  std::string model;
};

/// Who registers, and at which server.
struct AgentAccount {
  std::string server_url;
  /// Certificates to trust; empty: the system's.
  std::string ca_file;
  /// The whole `Authorization` header: "Basic …" or "Token …".
  std::string authorization;
  /// 0: the one client that the credentials show.
  std::uint64_t user_id = 0;
};

/// A sentence for people.
struct AgentFailure {
  std::string message;
};
[[noreturn]] void throw_exception_from_error(const AgentFailure& failure,
                                             const boost::source_location& location);

template <class T>
using AgentResult = boost::system::result<T, AgentFailure>;

/// "Basic …" for a name (or mail address) and password.
std::string basic_authorization(std::string_view username, std::string_view password);

/// POST /llm_models/register/. `offer` has the body's members but `user`.
AgentResult<AgentNode> register_node(const AgentAccount& account, boost::json::object offer);

/// DELETE /llm_models/deregister/. One that isn't known any more is a success.
AgentResult<void> deregister_node(const AgentNode& node, const std::string& ca_file);

/// Nothing where there is no such file.
AgentResult<std::optional<AgentNode>> read_agent_state(const std::filesystem::path& file);
/// For its owner's eyes only: who has the token is the node.
AgentResult<void> write_agent_state(const std::filesystem::path& file, const AgentNode& node);

}  // namespace orrery
