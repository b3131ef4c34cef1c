#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "actors/node/node.hpp"
#include "cli/configuration.hpp"

namespace orrery {
namespace {

using SetResult = boost::system::result<void, std::string>;

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

template <class Number>
Setting number(std::string key, Number Configuration::*member, Number min, Number max,
               std::string description) {
  const auto set = [=](Configuration& configuration, std::string_view text) -> SetResult {
    const auto value = parse_number<Number>(text);
    if (!value || !(*value >= min && *value <= max))
      return fmt::format("must be a number from {} to {}, not \"{}\"", min, max, text);
    configuration.*member = *value;
    return {};
  };
  return {
      std::move(key), Setting::Form::number, std::move(description), set,
      [=](const Configuration& configuration) { return fmt::format("{}", configuration.*member); }};
}

Setting text(std::string key, std::string Configuration::*member, std::string description,
             std::vector<std::string> choices = {}) {
  const auto set = [=](Configuration& configuration, std::string_view value) -> SetResult {
    if (!choices.empty() && std::find(choices.begin(), choices.end(), value) == choices.end())
      return fmt::format("must be one of {}, not \"{}\"", fmt::join(choices, ", "), value);
    configuration.*member = value;
    return {};
  };
  return {std::move(key), Setting::Form::text, std::move(description), set,
          [=](const Configuration& configuration) { return configuration.*member; }};
}

Setting boolean(std::string key, bool Configuration::*member, std::string description) {
  const auto set = [=](Configuration& configuration, std::string_view value) -> SetResult {
    const bool is_true = value == "true" || value == "1";
    if (!is_true && value != "false" && value != "0")
      return fmt::format("must be true or false, not \"{}\"", value);
    configuration.*member = is_true;
    return {};
  };
  return {std::move(key), Setting::Form::boolean, std::move(description), set,
          [=](const Configuration& configuration) -> std::string {
            return configuration.*member ? "true" : "false";
          }};
}

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

/// "20000-20999"
Setting local_ports() {
  const auto set = [](Configuration& configuration, std::string_view value) -> SetResult {
    const auto dash = value.find('-');
    const auto first = parse_number<std::uint16_t>(value.substr(0, std::min(dash, value.size())));
    const auto last = dash == std::string_view::npos
                          ? first
                          : parse_number<std::uint16_t>(value.substr(dash + 1));
    if (!first || !last || *first < 1'024 || *last < *first)
      return fmt::format("must be FIRST-LAST within 1024-65535, not \"{}\"", value);
    configuration.local_process_port_first = *first;
    configuration.local_process_port_last = *last;
    return {};
  };
  const auto get = [](const Configuration& configuration) {
    return fmt::format("{}-{}", configuration.local_process_port_first,
                       configuration.local_process_port_last);
  };
  return {"local-process.ports", Setting::Form::text,
          "FIRST-LAST of the ports that services of this host get", set, get};
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
      text("base-url", &C::base_url,
           "URL by which clients reach the server (default: from listen)"),
      text("log-level", &C::log_level, "what to log to stderr: debug, info, warn or error",
           {"debug", "info", "warn", "error"}),
      text("catalog", &C::catalog,
           "TOML file of what the NeoLink API sells, loaded at every start (with --dev: built in)"),
      boolean("dev", &C::dev, "add demo clusters, a demo project and its credentials"),
      number<std::uint32_t>("dev-nodes", &C::dev_nodes, 1, 200'000,
                            "nodes of the demo clusters together"),
      number<double>("time-scale", &C::time_scale, 0.001, 1'000'000,
                     "how many times faster than life simulated work goes"),
      number<std::uint64_t>("simulation-seed", &C::simulation_seed, 0, ~std::uint64_t{0} >> 1,
                            "seed of the simulated driver's delays"),
      // A thread costs a socket and a loop; more of them than cores only switch.
      number<std::uint32_t>("http.threads", &C::http_threads, 0, 256,
                            "threads that serve HTTP; 0 is one a core"),
      number<std::uint32_t>("http.connections", &C::http_connections, 1, 1'000'000,
                            "open connections; more are answered 503"),
      text("http.tls-certificate", &C::http_tls_certificate,
           "PEM file of the certificate chain; empty serves plain HTTP"),
      text("http.tls-key", &C::http_tls_key, "PEM file of the certificate's private key"),
      number<std::uint32_t>("actors.threads", &C::actors_threads, 0, 256,
                            "threads that run actors; 0 is one a core"),
      // What is in flight waits in mailboxes that have no bound of their own.
      number<std::uint32_t>("actors.commands-in-flight", &C::actors_commands_in_flight, 1,
                            1'000'000,
                            "commands sent and not answered; more requests are answered 503"),
      number<std::uint64_t>("snapshots.every-events", &C::snapshots_every_events, 1'000,
                            1'000'000'000, "events after which the read models are saved anew")};
}

std::vector<Setting> service_settings() {
  using C = Configuration;
  return {
      text("services.cluster", &C::services_cluster,
           "cluster that services run in (default: ai-factory, or this host's)"),
      text("services.recipes", &C::services_recipes,
           "folder of recipes (default: recipes in the data directory)"),
      text(
          "services.token-file", &C::services_token_file,
          "file with the token that the service API asks for; needed unless listening on loopback"),
      boolean("local-process.enabled", &C::local_process_enabled,
              "run services as processes of this host"),
      text("local-process.node", &C::local_process_node,
           "name of this host as a node (default: its host name)"),
      text("local-process.cluster", &C::local_process_cluster, "cluster that this host is in"),
      local_gpus(),
      number<std::uint32_t>("local-process.cpu-count", &C::local_process_cpu_count, 0, 65'536,
                            "processors for services; 0 is all of this host's"),
      number<std::uint32_t>("local-process.memory-mib", &C::local_process_memory_mib, 0, 1u << 30,
                            "memory for services; 0 is all of this host's"),
      local_ports(),
      text("local-process.sandbox", &C::local_process_sandbox,
           "whether services run under bubblewrap: auto, on or off", {"auto", "on", "off"}),
      text("local-process.environment-file", &C::local_process_environment_file,
           "file of NAME=value lines that every service's process gets, such as secrets"),
      // Two files of half that length are kept of each stream.
      number<std::uint64_t>("local-process.log-bytes-max", &C::local_process_log_bytes_max, 8'192,
                            1ull << 40, "bytes kept of a process's stdout, and of its stderr")};
}

std::vector<Setting> marketplace_settings() {
  using C = Configuration;
  return {
      text("gpushare.approve-providers", &C::gpushare_approve_providers,
           "who lets a new provider's nodes have work: admin, or nobody needs to (at_once)",
           {"admin", "at_once"}),
      text("gpushare.endpoints", &C::gpushare_endpoints,
           "where providers' endpoints may lead: to public addresses, to private networks too "
           "(network), or to this host besides (anywhere)",
           {"public", "network", "anywhere"}),
      number<std::uint32_t>("gpushare.heartbeat-timeout", &C::gpushare_heartbeat_timeout_s, 1,
                            86'400, "seconds without a heartbeat after which a node is lost"),
      text("gpushare.google-jwks", &C::gpushare_google_jwks,
           "file of the keys (JWKS) that sign Google's ID tokens; empty: no sign-in with Google"),
      text("gpushare.google-client-id", &C::gpushare_google_client_id,
           "the audience that Google's ID tokens must be for"),
      reset_link(),
      text("aicenter.cluster", &C::aicenter_cluster,
           "cluster whose batch system the center's API is"),
      text(
          "aicenter.jwt-key", &C::aicenter_jwt_key,
          "file of the key that signs users' tokens, as Slurm's jwt_key (default: made in the data "
          "directory)"),
      text("aicenter.files", &C::aicenter_files,
           "folder of people's files (default: center/home in the data directory)"),
      text("aicenter.kitten-key-file", &C::aicenter_kitten_key_file,
           "file of the key of the example resource (with --dev: meowmeowmeow)"),
      text("mail.smtp-url", &C::mail_smtp_url,
           "smtp:// or smtps:// URL that mails are sent through; empty: none are sent"),
      text("mail.from", &C::mail_from, "address that mails come from"),
      text("mail.username", &C::mail_username, "who signs in there; empty: nobody"),
      text("mail.password-file", &C::mail_password_file, "file of the password for that"),
      boolean("mail.require-tls", &C::mail_require_tls, "send no mail without TLS")};
}

std::vector<Setting> delivery_settings() {
  using C = Configuration;
  return {
      text("webhooks.endpoints", &C::webhooks_endpoints,
           "where webhooks may lead: to public addresses, to private networks too (network), or to "
           "this host besides (anywhere)",
           {"public", "network", "anywhere"}),
      // Ten with a pause that doubles from a second are 17 minutes.
      number<std::uint32_t>("webhooks.attempts", &C::webhooks_attempts, 1, 100,
                            "attempts to deliver an event, after which it is a dead letter"),
      number<std::uint32_t>("webhooks.retry-pause-ms", &C::webhooks_retry_pause_ms, 1, 3'600'000,
                            "milliseconds before the second attempt; it doubles with each"),
      number<std::uint32_t>("webhooks.timeout", &C::webhooks_timeout_s, 1, 50,
                            "seconds that a receiver has to answer"),
      text("webhooks.ca-file", &C::webhooks_ca_file,
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
    for (auto&& more : {service_settings(), marketplace_settings(), delivery_settings()})
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
