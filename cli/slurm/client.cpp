#include "cli/slurm/client.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

#include <cjose/jws.h>
#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "cli/json_text.hpp"
#include "cli/server_flags.hpp"

namespace orrery::slurm {

namespace {

namespace json = boost::json;

/// Slurm's "Protocol authentication error".
constexpr int authentication_error = 1007;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::string text_of_file(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string token_of_dev_server(const ServerWords& words) {
  const auto from_environment = variable("ORRERY_DATA");
  const std::filesystem::path data = !words.data.empty()         ? words.data
                                     : !from_environment.empty() ? from_environment
                                                                 : "orrery-data";
  json::error_code failure;
  const auto credentials = json::parse(text_of_file(data / "dev-credentials.json"), failure);
  if (failure || !credentials.is_object()) return {};
  const auto* own = credentials.as_object().if_contains("aicenter");
  return own != nullptr && own->is_object() ? orrery::text_of(own->as_object(), "token")
                                            : std::string();
}

std::string token_of_home() {
  const auto configured = variable("XDG_CONFIG_HOME");
  const auto folder = configured.empty() ? std::filesystem::path(variable("HOME")) / ".config"
                                         : std::filesystem::path(configured);
  std::ifstream in(folder / "orrery" / "slurm.jwt");
  std::string token;
  in >> token;
  return token;
}

/// Flags go before variables, and these before files; an operator's key is the last resort.
std::string find_token(const ServerWords& words, const std::string& operator_key) {
  std::string token;
  if (!words.data.empty()) token = token_of_dev_server(words);
  if (token.empty()) token = variable("SLURM_JWT");
  if (token.empty()) token = token_of_dev_server(words);
  if (token.empty()) token = token_of_home();
  return token.empty() ? operator_key : token;
}

/// Whom a token names. It isn't verified: that is the server's to do.
std::string user_of_token(const std::string& token) {
  const std::unique_ptr<cjose_jws_t, void (*)(cjose_jws_t*)> jws(
      cjose_jws_import(token.c_str(), token.size(), nullptr), cjose_jws_release);
  if (!jws) return {};
  std::uint8_t* bytes = nullptr;
  std::size_t size = 0;
  cjose_jws_get_plaintext(jws.get(), &bytes, &size, nullptr);
  json::error_code failure;
  const auto claims = json::parse({reinterpret_cast<const char*>(bytes), size}, failure);
  if (failure || !claims.is_object()) return {};
  auto user = orrery::text_of(claims.as_object(), "sun");
  return user.empty() ? orrery::text_of(claims.as_object(), "username") : user;
}

int number_of(const json::object& error) {
  for (const auto* key : {"error_number", "error_code"})
    if (const auto* number = error.if_contains(key); number != nullptr && number->is_int64())
      return static_cast<int>(number->get_int64());
  return 0;
}

/// What Orrery says beside Slurm's words, such as the rule with its numbers; empty where nothing.
std::string sentence_of(const json::object& error) {
  const auto description = orrery::text_of(error, "description");
  if (error.contains("error_code")) return description;
  constexpr std::string_view before = "failed: ";
  const auto at = description.find(before);
  return at == std::string_view::npos ? std::string() : description.substr(at + before.size());
}

/// The first error that an answer lists; nothing where it lists none, or where it is a remark
/// beside the job that was made, such as that it is held.
std::optional<Failure> failure_of(const json::object& answer) {
  const auto& errors = list_of(answer, "errors");
  if (errors.empty() || !errors.front().is_object() || answer.contains("job_id"))
    return std::nullopt;
  const auto& error = errors.front().get_object();
  auto words = orrery::text_of(error, "error");
  const auto sentence = sentence_of(error);
  // Slurm's own words are what its commands print; a sentence of ours says more.
  if (words.empty())
    words = orrery::text_of(error, "description");
  else if (!sentence.empty() && sentence != words)
    words = fmt::format("{} ({})", words, sentence);
  return Failure{words, number_of(error)};
}

}  // namespace

void throw_exception_from_error(const Failure& failure, const boost::source_location&) {
  throw std::runtime_error(failure.message);
}

Result<Client> Client::find(const ServerWords& words) {
  ServerFlags flags;
  flags.url = words.url;
  flags.data = words.data;
  const auto server = orrery::find_server(flags);
  if (!server) return Failure{server.error().message};
  Client client;
  client.server_ = *server;
  client.server_.key = find_token(words, server->key);
  client.user_ = user_of_token(client.server_.key);
  return client;
}

Result<json::object> Client::get(std::string_view target) const {
  return ask_for("GET", target, {});
}

Result<json::object> Client::post(std::string_view target, const json::object& body) const {
  return ask_for("POST", target, json::serialize(body));
}

Result<json::object> Client::put(std::string_view target, const json::object& body) const {
  return ask_for("PUT", target, json::serialize(body));
}

Result<json::object> Client::remove(std::string_view target) const {
  return ask_for("DELETE", target, {});
}

Result<json::object> Client::ask_for(std::string_view method, std::string_view target,
                                     std::string body) const {
  const auto answer = ask(server_, method, target, std::move(body));
  if (!answer) return Failure{answer.error().message};
  if (answer->status == 401)
    return Failure{server_.key.empty()
                       ? "Protocol authentication error: no token; set SLURM_JWT, or give --data "
                         "DIR of a development server on this machine"
                       : "Protocol authentication error: the token is not good here",
                   authentication_error};
  if (answer->body.empty() && answer->status < 300) return json::object{};
  json::error_code failure;
  const auto parsed = json::parse(answer->body, failure);
  if (failure || !parsed.is_object())
    return Failure{answer->status >= 300 && !answer->body.empty() && answer->body.front() != '<'
                       ? answer->body
                       : fmt::format("{} answers no JSON: is it an Orrery server?", server_.url)};
  if (auto error = failure_of(parsed.get_object())) return std::move(*error);
  if (answer->status >= 300) return Failure{problem_text(*answer)};
  return parsed.get_object();
}

const json::array& list_of(const json::object& answer, std::string_view member) {
  static const json::array none;
  const auto* list = answer.if_contains(member);
  return list != nullptr && list->is_array() ? list->get_array() : none;
}

}  // namespace orrery::slurm
