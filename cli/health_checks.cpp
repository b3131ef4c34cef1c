#include "cli/health_checks.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <fstream>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "cli/catalog_file.hpp"
#include "cli/center_settings.hpp"
#include "cli/local_node.hpp"
#include "cli/marketplace_settings.hpp"
#include "cli/service_settings.hpp"
#include "cli/shipped_recipes.hpp"
#include "cli/slurm_health_checks.hpp"
#include "cli/start_failure.hpp"
#include "drivers/runs/sandbox.hpp"

namespace orrery {
namespace {

constexpr std::uintmax_t free_bytes_needed = 256u << 20;
constexpr std::uintmax_t free_bytes_comfortable = 4ull << 30;
constexpr std::chrono::microseconds sync_comfortable{5'000};

/// The data directory, or the nearest one above that exists already.
std::filesystem::path existing_directory(const std::filesystem::path& data) {
  auto directory = std::filesystem::absolute(data);
  while (!std::filesystem::exists(directory) && directory.has_relative_path())
    directory = directory.parent_path();
  return directory;
}

HealthFinding check_rights(const std::filesystem::path& directory) {
  if (!std::filesystem::is_directory(directory))
    return {"data directory", Health::bad, fmt::format("{} is no directory", directory.string())};
  if (::access(directory.c_str(), R_OK | W_OK | X_OK) != 0)
    return {"data directory", Health::bad,
            fmt::format("{}: {}", directory.string(), std::strerror(errno))};
  return {"data directory", Health::good, fmt::format("{} is writable", directory.string())};
}

HealthFinding check_space(const std::filesystem::path& directory) {
  std::error_code error;
  const auto space = std::filesystem::space(directory, error);
  if (error) return {"disk space", Health::bad, error.message()};
  const auto message = fmt::format("{} MiB free", space.available >> 20);
  if (space.available < free_bytes_needed)
    return {"disk space", Health::bad, message + "; writes are refused when the disk is full"};
  return {"disk space", space.available < free_bytes_comfortable ? Health::doubtful : Health::good,
          message};
}

/// Sorted times of 50 appends of 4 KiB with fdatasync, as the log makes them.
std::optional<std::vector<std::chrono::microseconds>> measure_syncs(
    const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (descriptor < 0) return std::nullopt;
  const std::array<char, 4096> block{};
  std::vector<std::chrono::microseconds> times;
  for (int round = 0; round < 50; ++round) {
    const auto start = std::chrono::steady_clock::now();
    if (::write(descriptor, block.data(), block.size()) < 0 || ::fdatasync(descriptor) != 0) break;
    times.push_back(std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - start));
  }
  ::close(descriptor);
  ::unlink(file.c_str());
  if (times.size() < 50) return std::nullopt;
  std::sort(times.begin(), times.end());
  return times;
}

HealthFinding check_sync(const std::filesystem::path& directory) {
  const auto times = measure_syncs(directory / fmt::format(".orrery-doctor-{}", ::getpid()));
  if (!times) return {"sync", Health::bad, fmt::format("fails: {}", std::strerror(errno))};
  const auto median = (*times)[times->size() / 2];
  return {"sync", median > sync_comfortable ? Health::doubtful : Health::good,
          fmt::format("fdatasync of 4 KiB: median {} µs, slowest {} µs", median.count(),
                      times->back().count())};
}

HealthFinding check_open_files(const Configuration& configuration) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  // The log keeps some hundred files open beside the connections.
  const auto needed = configuration.http_connections + 512u;
  return {"open files", limit.rlim_max < needed ? Health::doubtful : Health::good,
          fmt::format("limit {} (hard {}), {} connections allowed", limit.rlim_cur, limit.rlim_max,
                      configuration.http_connections)};
}

HealthFinding check_port(const Configuration& configuration) {
  using boost::asio::ip::tcp;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(configuration.listen_address, error);
  if (error) return {"port", Health::bad, configuration.listen_address + ": " + error.message()};
  boost::asio::io_context context;
  tcp::acceptor acceptor(context);
  const tcp::endpoint endpoint(address, configuration.listen_port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(1, error);
  const auto name = find_setting("listen")->get(configuration);
  if (error) return {"port", Health::bad, fmt::format("{}: {}", name, error.message())};
  return {"port", Health::good, name + " is free"};
}

HealthFinding check_catalog(const Configuration& configuration) {
  if (configuration.catalog.empty() && !configuration.dev)
    return {"catalog", Health::good, "no file: what is for sale is what the log says"};
  const auto catalog = configured_catalog_file(configuration);
  if (!catalog) return {"catalog", Health::bad, catalog.error().problems.front()};
  return {"catalog", Health::good,
          fmt::format("{} regions, {} SKUs, {} images", catalog->regions.size(),
                      catalog->skus.size(), catalog->images.size())};
}

HealthFinding check_recipes(const Configuration& configuration) {
  const auto folder = recipes_folder(configuration);
  const bool is_made = std::filesystem::is_directory(folder);
  if (!is_made && !configuration.services_recipes.empty())
    return {"recipes", Health::bad, fmt::format("there is no folder {}", folder.string())};
  const auto recipes = is_made ? *RecipeBook(folder).current() : shipped_recipes();
  if (!recipes.problems.empty())
    return {
        "recipes", Health::doubtful,
        fmt::format("{} ({} in all: `orrery recipe check {}`)", to_text(recipes.problems.front()),
                    recipes.problems.size(), folder.string())};
  return {
      "recipes", Health::good,
      fmt::format("{} {} {}", recipes.all.size(), is_made ? "in" : "will be in", folder.string())};
}

HealthFinding check_service_access(const Configuration& configuration) {
  try {
    const auto token = services_token_digest(configuration);
    return {"service API", Health::good,
            token ? "asks for a token" : "asks for no token, on loopback only"};
  } catch (const StartFailure& failure) {
    return {"service API", Health::bad, failure.message};
  }
}

HealthFinding check_local_process(const Configuration& configuration) {
  if (!configuration.local_process_enabled)
    return {"local process", Health::good, "not enabled: no service runs on this host"};
  try {
    check_local_process_settings(configuration);
  } catch (const StartFailure& failure) {
    return {"local process", Health::bad, failure.message};
  }
  const auto node = describe_local_node(configuration);
  const auto offer = fmt::format("{} CPUs, {} MiB, {} GPUs {}", node.cpu_count, node.memory_mib,
                                 node.gpu_count, node.gpu_count == 0 ? "" : node.gpu_model);
  const auto problem = find_sandbox(local_process_configuration(configuration).sandbox).problem;
  if (problem.empty()) return {"local process", Health::good, offer};
  return {"local process", Health::doubtful, fmt::format("{}; no sandbox: {}", offer, problem)};
}

HealthFinding check_mail(const Configuration& configuration) {
  try {
    const auto mail = mail_settings(configuration);
    if (mail.smtp_url.empty())
      return {"mail", Health::good, "not configured: passwords of the marketplace can't be reset"};
    return {"mail", mail.require_tls ? Health::good : Health::doubtful,
            mail.require_tls ? mail.smtp_url : mail.smtp_url + ", perhaps without TLS"};
  } catch (const StartFailure& failure) {
    return {"mail", Health::bad, failure.message};
  }
}

HealthFinding check_marketplace(const Configuration& configuration) {
  try {
    const auto google = google_settings(configuration);
    const auto problem = google ? GoogleTokens(*google).problem() : std::nullopt;
    if (problem) return {"marketplace", Health::bad, "sign-in with Google: " + *problem};
  } catch (const StartFailure& failure) {
    return {"marketplace", Health::bad, failure.message};
  }
  if (configuration.gpushare_endpoints == "anywhere")
    return {"marketplace", Health::doubtful,
            "providers' endpoints may lead to this host and its neighbourhood"};
  return {"marketplace", Health::good,
          fmt::format("new providers are approved by {}",
                      configuration.gpushare_approve_providers == "admin" ? "admins" : "nobody")};
}

HealthFinding check_webhooks(const Configuration& configuration) {
  const auto& certificates = configuration.webhooks_ca_file;
  if (!certificates.empty() && !std::ifstream(certificates))
    return {"webhooks", Health::bad, "webhooks.ca-file: " + certificates + " can't be read"};
  if (configuration.webhooks_endpoints == "anywhere")
    return {"webhooks", Health::doubtful, "they may lead to this host and its neighbourhood"};
  return {"webhooks", Health::good,
          fmt::format("given up after {} attempts of {} s", configuration.webhooks_attempts,
                      configuration.webhooks_timeout_s)};
}

HealthFinding check_center(const Configuration& configuration) {
  try {
    check_center_settings(configuration);
  } catch (const StartFailure& failure) {
    return {"center", Health::bad, failure.message};
  }
  const auto files = file_store_configuration(configuration).home;
  return {"center", Health::good,
          fmt::format("cluster {}, people's files in {}, tokens signed by {}",
                      configuration.aicenter_cluster, files.string(),
                      configuration.aicenter_jwt_key.empty() ? "a key of our own"
                                                             : configuration.aicenter_jwt_key)};
}

HealthFinding check_cores() {
  const auto count = std::thread::hardware_concurrency();
  return {"cores", count < 2 ? Health::doubtful : Health::good, fmt::format("{}", count)};
}

}  // namespace

std::vector<HealthFinding> run_health_checks(const Configuration& configuration) {
  const auto directory = existing_directory(configuration.data);
  std::vector<HealthFinding> findings{check_rights(directory),
                                      check_space(directory),
                                      check_sync(directory),
                                      check_open_files(configuration),
                                      check_port(configuration),
                                      check_catalog(configuration),
                                      check_recipes(configuration),
                                      check_service_access(configuration),
                                      check_local_process(configuration),
                                      check_marketplace(configuration),
                                      check_mail(configuration),
                                      check_webhooks(configuration),
                                      check_center(configuration),
                                      check_cores()};
  for (auto& finding : run_slurm_health_checks(configuration))
    findings.push_back(std::move(finding));
  return findings;
}

}  // namespace orrery
