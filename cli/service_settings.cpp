#include "cli/service_settings.hpp"

#include <cerrno>
#include <climits>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <unistd.h>
#include <boost/algorithm/string/trim.hpp>
#include <boost/asio/ip/address.hpp>

#include "cli/data_directory.hpp"
#include "cli/exit_codes.hpp"
#include "cli/logging.hpp"
#include "cli/shipped_recipes.hpp"
#include "cli/start_failure.hpp"
#include "http/auth/credential.hpp"

namespace orrery {
namespace {

/// Of 16 random bytes in hexadecimal, with room for other alphabets.
constexpr std::size_t token_bytes_min = 20;
constexpr std::size_t token_bytes_max = 512;

/// Throws `StartFailure` for a name: it could come to mean another address.
bool is_loopback(const std::string& address) {
  boost::system::error_code failure;
  const auto parsed = boost::asio::ip::make_address(address, failure);
  if (failure)
    throw StartFailure{exit_usage,
                       fmt::format("listen must have an IP address or localhost, not {}", address)};
  return parsed.is_loopback();
}

std::string read_token(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (std::filesystem::is_directory(file)) in.setstate(std::ios::failbit);
  std::string token;
  if (in) token.assign(std::istreambuf_iterator<char>(in), {});
  if (!in)
    throw StartFailure{exit_usage,
                       fmt::format("services.token-file {}: {}", file, std::strerror(errno))};
  boost::algorithm::trim(token);
  const bool is_visible =
      token.find_first_not_of(
          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+/=") ==
      std::string::npos;
  if (token.size() >= token_bytes_min && token.size() <= token_bytes_max && is_visible)
    return token;
  throw StartFailure{
      exit_usage,
      fmt::format("services.token-file {} must hold one token of {} to {} letters, digits and "
                  "-._~+/=, such as `openssl rand -hex 32` makes",
                  file, token_bytes_min, token_bytes_max)};
}

}  // namespace

std::filesystem::path recipes_folder(const Configuration& configuration) {
  if (!configuration.services_recipes.empty()) return configuration.services_recipes;
  return default_recipes_folder(configuration.data);
}

std::string services_cluster(const Configuration& configuration) {
  if (!configuration.services_cluster.empty()) return configuration.services_cluster;
  if (configuration.slurm_enabled) return configuration.slurm_cluster;
  return configuration.local_process_enabled ? configuration.local_process_cluster : "ai-factory";
}

std::string host_name() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "unknown";
  return name.data();
}

std::optional<std::array<std::uint8_t, 32>> services_token_digest(
    const Configuration& configuration) {
  if (!configuration.services_token_file.empty())
    return credential_digest(read_token(configuration.services_token_file));
  if (is_loopback(configuration.listen_address)) return std::nullopt;
  throw StartFailure{
      exit_usage,
      fmt::format(
          "{} is reached by others, and the service API (/api/v1) starts processes for whoever "
          "reaches it: services.token-file must name a file with the token that it asks for. Make "
          "one with `openssl rand -hex 32 > services.token`, and give --services-token-file "
          "services.token; or listen on 127.0.0.1",
          find_setting("listen")->get(configuration))};
}

void provide_recipes(const Configuration& configuration) {
  const auto folder = recipes_folder(configuration);
  if (std::filesystem::is_directory(folder)) return;
  if (!configuration.services_recipes.empty())
    throw StartFailure{exit_usage, fmt::format("services.recipes: there is no folder {0}; `orrery "
                                               "recipe export {0}` makes it",
                                               folder.string())};
  // Made aside, so that a start that is cut short leaves no half of it.
  auto unfinished = folder;
  unfinished += ".unfinished";
  value_or_stop(export_recipes(unfinished, true), exit_data_directory);
  std::error_code failure;
  std::filesystem::rename(unfinished, folder, failure);
  if (failure)
    throw StartFailure{exit_data_directory,
                       fmt::format("{}: {}", folder.string(), failure.message())};
  log_info(fmt::format("recipes are in {}", folder.string()));
}

RecipeBook open_recipes(const Configuration& configuration) {
  return RecipeBook(recipes_folder(configuration), [](const RecipeProblem& problem) {
    log_warning("recipe " + to_text(problem));
  });
}

}  // namespace orrery
