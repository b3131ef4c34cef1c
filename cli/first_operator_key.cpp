#include "cli/first_operator_key.hpp"

#include <filesystem>
#include <future>
#include <string>

#include <fmt/format.h>

#include "actors/runtime/command_gateway.hpp"
#include "cli/data_directory.hpp"
#include "cli/exit_codes.hpp"
#include "cli/logging.hpp"
#include "cli/start_failure.hpp"
#include "http/auth/credential.hpp"
#include "projections/identity/identity_view.hpp"

namespace orrery {
namespace {

/// Follows from the edge's secret, so a start that was cut short is finished by the next one.
struct FirstKey {
  std::string id;
  std::string secret;
};

FirstKey draw(const EdgeSecret& secret) {
  SeededIdSource ids(secret.seed_of("first operator key", "process/serve", ""));
  FirstKey key;
  key.id = ids.uuid();
  key.secret = mint_credential(operator_key_prefix, ids);
  return key;
}

void issue(CommandGateway& gateway, const FirstKey& key) {
  using Result = boost::system::result<Outcome<Token>, Unavailable>;
  const AccessKeyIssued issued{credential_digest_text(key.secret), KeyScope::operator_, "",
                               "first operator", 0};
  std::promise<std::string> answered;
  gateway.submit<Token>(
      {key.id, Token::IssueKey{issued}, Origin{"process/serve", 0, {}}, {}},
      [&](const Result& outcome) { answered.set_value(outcome ? "" : outcome.error().reason); });
  const auto problem = answered.get_future().get();
  if (!problem.empty())
    throw StartFailure{exit_failure, "the first operator's key cannot be made: " + problem};
}

}  // namespace

void provide_first_operator_key(const Configuration& configuration, CommandGateway& gateway,
                                const IdentityView& identity, const EdgeSecret& secret) {
  const auto key = draw(secret);
  if (identity.operator_keys().empty()) issue(gateway, key);
  const auto file = operator_key_file(configuration.data);
  if (!identity.key(key.id) || std::filesystem::exists(file)) return;
  value_or_stop(write_private_file(file, key.secret + "\n"), exit_data_directory);
  log_info(fmt::format("the first operator's key is in {}", file.string()));
}

}  // namespace orrery
