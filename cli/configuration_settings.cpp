#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "actors/node/node.hpp"
#include "cli/configuration.hpp"
#include "cli/setting_kinds.hpp"
#include "cli/slurm_setting_table.hpp"

namespace orrery {
namespace {

Setting data_directory() {
  const auto set = [](Configuration& configuration, std::string_view value) -> SetResult {
    if (value.empty()) return std::string("must not be empty");
    configuration.data = value;
    return {};
  };
  return {"data", Setting::Form::text, "directory that holds the log and its keys", set,
          [](const Configuration& configuration) { return configuration.data.string(); }};
}

/// "127.0.0.1:8080", "[::1]:8080", "localhost:8080"; port 0 lets the system choose.
Setting listen() {
  const auto set = [](Configuration& configuration, std::string_view value) -> SetResult {
    const auto colon = value.rfind(':');
    const auto port = colon == std::string_view::npos
                          ? std::nullopt
                          : parse_number<std::uint16_t>(value.substr(colon + 1));
    auto address = value.substr(0, std::min(colon, value.size()));
    if (address.starts_with('[') && address.ends_with(']'))
      address = address.substr(1, address.size() - 2);
    if (!port || address.empty())
      return fmt::format("must be ADDRESS:PORT, such as 127.0.0.1:8080, not \"{}\"", value);
    configuration.listen_address = address == "localhost" ? "127.0.0.1" : address;
    configuration.listen_port = *port;
    return {};
  };
  const auto get = [](const Configuration& configuration) {
    const auto& address = configuration.listen_address;
    const bool is_v6 = address.find(':') != std::string::npos;
    return fmt::format("{}:{}", is_v6 ? "[" + address + "]" : address, configuration.listen_port);
  };
  return {"listen", Setting::Form::text, "ADDRESS:PORT to serve at; port 0 lets the system choose",
          set, get};
}

/// "A100-40GB:4"
Setting local_gpus() {
  const auto set = [](Configuration& configuration, std::string_view value) -> SetResult {
    const auto colon = value.rfind(':');
    const auto count = colon == std::string_view::npos
                           ? std::nullopt
                           : parse_number<std::uint32_t>(value.substr(colon + 1));
    if (!value.empty() && (!count || *count == 0 || *count > Node::gpu_count_max || colon == 0))
      return fmt::format("must be MODEL:COUNT with 1 to {} GPUs, such as A100-40GB:4, not \"{}\"",
                         Node::gpu_count_max, value);
    configuration.local_process_gpu_model = value.substr(0, value.empty() ? 0 : colon);
    configuration.local_process_gpu_count = count.value_or(0);
    return {};
  };
  const auto get = [](const Configuration& configuration) -> std::string {
    if (configuration.local_process_gpu_count == 0) return "";
    return fmt::format("{}:{}", configuration.local_process_gpu_model,
                       configuration.local_process_gpu_count);
  };
  return {"local-process.gpus", Setting::Form::text,
          "MODEL:COUNT of this host's GPUs, where nvidia-smi finds none", set, get};
}

/// "https://app.example/reset/{uid}/{token}"
Setting reset_link() {
  const auto set = [](Configuration& configuration, std::string_view value) -> SetResult {
    const bool is_link = value.starts_with("https://") || value.starts_with("http://");
    const bool is_whole = value.find("{uid}") != std::string_view::npos &&
                          value.find("{token}") != std::string_view::npos;
    if (!value.empty() && (!is_link || !is_whole))
      return fmt::format("must be a URL with {{uid}} and {{token}}, not \"{}\"", value);
    configuration.gpushare_reset_link = value;
    return {};
  };
  return {"gpushare.reset-link", Setting::Form::text,
          "link of a mail that resets a password, with {uid} and {token} (default: of this server)",
          set,
          [](const Configuration& configuration) { return configuration.gpushare_reset_link; }};
}

std::vector<Setting> server_settings() {
  using C = Configuration;
  return {
      data_directory(), listen(),
      text_setting("base-url", &C::base_url,
                   "URL by which clients reach the server (default: from listen)"),
      text_setting("log-level", &C::log_level, "what to log to stderr: debug, info, warn or error",
                   {"debug", "info", "warn", "error"}),
      text_setting(
          "catalog", &C::catalog,
          "TOML file of what the NeoLink API sells, loaded at every start (with --dev: built in)"),
      boolean_setting("dev", &C::dev, "add demo clusters, a demo project and its credentials"),
      number_setting<std::uint32_t>("dev-nodes", &C::dev_nodes, 1, 200'000,
                                    "nodes of the demo clusters together"),
      number_setting<double>("time-scale", &C::time_scale, 0.001, 1'000'000,
                             "how many times faster than life simulated work goes"),
      number_setting<std::uint64_t>("simulation-seed", &C::simulation_seed, 0,
                                    ~std::uint64_t{0} >> 1,
                                    "seed of the simulated driver's delays"),
      // A thread costs a socket and a loop; more of them than cores only switch.
      number_setting<std::uint32_t>("http.threads", &C::http_threads, 0, 256,
                                    "threads that serve HTTP; 0 is one a core"),
      number_setting<std::uint32_t>("http.connections", &C::http_connections, 1, 1'000'000,
                                    "open connections; more are answered 503"),
      text_setting("http.tls-certificate", &C::http_tls_certificate,
                   "PEM file of the certificate chain; empty serves plain HTTP"),
      text_setting("http.tls-key", &C::http_tls_key, "PEM file of the certificate's private key"),
      number_setting<std::uint32_t>("actors.threads", &C::actors_threads, 0, 256,
                                    "threads that run actors; 0 is one a core"),
      // What is in flight waits in mailboxes that have no bound of their own.
      number_setting<std::uint32_t>(
          "actors.commands-in-flight", &C::actors_commands_in_flight, 1, 1'000'000,
          "commands sent and not answered; more requests are answered 503"),
      number_setting<std::uint64_t>("snapshots.every-events", &C::snapshots_every_events, 1'000,
                                    1'000'000'000,
                                    "events after which the read models are saved anew")};
}

std::vector<Setting> service_settings() {
  using C = Configuration;
  return {
      text_setting(
          "services.cluster", &C::services_cluster,
          "cluster that services run in (default: ai-factory, or that of Slurm, or of this host)"),
      text_setting("services.recipes", &C::services_recipes,
                   "folder of recipes (default: recipes in the data directory)"),
      text_setting(
          "services.token-file", &C::services_token_file,
          "file with the token that the service API asks for; needed unless listening on loopback"),
      boolean_setting("local-process.enabled", &C::local_process_enabled,
                      "run services as processes of this host"),
      text_setting("local-process.node", &C::local_process_node,
                   "name of this host as a node (default: its host name)"),
      text_setting("local-process.cluster", &C::local_process_cluster,
                   "cluster that this host is in"),
      local_gpus(),
      number_setting<std::uint32_t>("local-process.cpu-count", &C::local_process_cpu_count, 0,
                                    65'536, "processors for services; 0 is all of this host's"),
      number_setting<std::uint32_t>("local-process.memory-mib", &C::local_process_memory_mib, 0,
                                    1u << 30, "memory for services; 0 is all of this host's"),
      ports_setting("local-process.ports", &C::local_process_port_first,
                    &C::local_process_port_last,
                    "FIRST-LAST of the ports that services of this host get"),
      text_setting("local-process.sandbox", &C::local_process_sandbox,
                   "whether services run under bubblewrap: auto, on or off", {"auto", "on", "off"}),
      text_setting("local-process.environment-file", &C::local_process_environment_file,
                   "file of NAME=value lines that every service's process gets, such as secrets"),
      // Two files of half that length are kept of each stream.
      number_setting<std::uint64_t>("local-process.log-bytes-max", &C::local_process_log_bytes_max,
                                    8'192, 1ull << 40,
                                    "bytes kept of a process's stdout, and of its stderr")};
}

std::vector<Setting> marketplace_settings() {
  using C = Configuration;
  return {
      text_setting("gpushare.approve-providers", &C::gpushare_approve_providers,
                   "who lets a new provider's nodes have work: admin, or nobody needs to (at_once)",
                   {"admin", "at_once"}),
      text_setting(
          "gpushare.endpoints", &C::gpushare_endpoints,
          "where providers' endpoints may lead: to public addresses, to private networks too "
          "(network), or to this host besides (anywhere)",
          {"public", "network", "anywhere"}),
      number_setting<std::uint32_t>("gpushare.heartbeat-timeout", &C::gpushare_heartbeat_timeout_s,
                                    1, 86'400,
                                    "seconds without a heartbeat after which a node is lost"),
      text_setting(
          "gpushare.google-jwks", &C::gpushare_google_jwks,
          "file of the keys (JWKS) that sign Google's ID tokens; empty: no sign-in with Google"),
      text_setting("gpushare.google-client-id", &C::gpushare_google_client_id,
                   "the audience that Google's ID tokens must be for"),
      reset_link(),
      text_setting("aicenter.cluster", &C::aicenter_cluster,
                   "cluster whose batch system the center's API is"),
      text_setting(
          "aicenter.jwt-key", &C::aicenter_jwt_key,
          "file of the key that signs users' tokens, as Slurm's jwt_key (default: made in the data "
          "directory)"),
      text_setting("aicenter.files", &C::aicenter_files,
                   "folder of people's files (default: center/home in the data directory)"),
      text_setting("aicenter.kitten-key-file", &C::aicenter_kitten_key_file,
                   "file of the key of the example resource (with --dev: meowmeowmeow)"),
      text_setting("mail.smtp-url", &C::mail_smtp_url,
                   "smtp:// or smtps:// URL that mails are sent through; empty: none are sent"),
      text_setting("mail.from", &C::mail_from, "address that mails come from"),
      text_setting("mail.username", &C::mail_username, "who signs in there; empty: nobody"),
      text_setting("mail.password-file", &C::mail_password_file, "file of the password for that"),
      boolean_setting("mail.require-tls", &C::mail_require_tls, "send no mail without TLS")};
}

std::vector<Setting> delivery_settings() {
  using C = Configuration;
  return {
      text_setting(
          "webhooks.endpoints", &C::webhooks_endpoints,
          "where webhooks may lead: to public addresses, to private networks too (network), or to "
          "this host besides (anywhere)",
          {"public", "network", "anywhere"}),
      // Ten with a pause that doubles from a second are 17 minutes.
      number_setting<std::uint32_t>(
          "webhooks.attempts", &C::webhooks_attempts, 1, 100,
          "attempts to deliver an event, after which it is a dead letter"),
      number_setting<std::uint32_t>("webhooks.retry-pause-ms", &C::webhooks_retry_pause_ms, 1,
                                    3'600'000,
                                    "milliseconds before the second attempt; it doubles with each"),
      number_setting<std::uint32_t>("webhooks.timeout", &C::webhooks_timeout_s, 1, 50,
                                    "seconds that a receiver has to answer"),
      text_setting("webhooks.ca-file", &C::webhooks_ca_file,
                   "PEM file of the certificates to trust (default: the system's)")};
}

std::string dashed_upper(std::string_view key, char separator) {
  std::string name;
  for (const char c : key)
    name += c == '.' || c == '-' ? separator
            : separator == '_'   ? static_cast<char>(std::toupper(static_cast<unsigned char>(c)))
                                 : c;
  return name;
}

std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j < row.size(); ++j) {
      const auto replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

}  // namespace

std::string Setting::flag() const { return "--" + dashed_upper(key, '-'); }
std::string Setting::variable() const { return "ORRERY_" + dashed_upper(key, '_'); }

const std::vector<Setting>& settings() {
  static const auto table = [] {
    auto all = server_settings();
    for (auto&& more :
         {service_settings(), slurm_setting_table(), marketplace_settings(), delivery_settings()})
      all.insert(all.end(), more.begin(), more.end());
    return all;
  }();
  return table;
}

const Setting* find_setting(std::string_view key) {
  const auto found = std::find_if(settings().begin(), settings().end(),
                                  [&](const Setting& setting) { return setting.key == key; });
  return found == settings().end() ? nullptr : &*found;
}

std::string nearest_hint(std::string_view word, std::span<const std::string> known) {
  const auto nearest =
      std::min_element(known.begin(), known.end(), [&](const auto& left, const auto& right) {
        return edit_distance(word, left) < edit_distance(word, right);
      });
  if (nearest == known.end() || edit_distance(word, *nearest) > 1 + word.size() / 3) return "";
  return fmt::format("; the nearest is {}", *nearest);
}

}  // namespace orrery
