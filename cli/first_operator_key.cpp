#include "cli/first_operator_key.hpp"

#include <algorithm>
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

/// Follows from the edge's secret and a number, so a start that was cut short is finished by the
/// next one. The number counts those that were revoked.
struct FirstKey {
  std::string id;
  std::string secret;
};

FirstKey draw(const EdgeSecret& secret, unsigned number) {
  const auto name = number == 0 ? std::string() : std::to_string(number);
  SeededIdSource ids(secret.seed_of("first operator key", "process/serve", name));
  FirstKey key;
  key.id = ids.uuid();
  key.secret = mint_credential(operator_key_prefix, ids);
  return key;
}

/// False where this key was revoked before.
bool issue(CommandGateway& gateway, const FirstKey& key) {
  using Result = boost::system::result<Outcome<Token>, Unavailable>;
  const AccessKeyIssued issued{credential_digest_text(key.secret), KeyScope::operator_, "",
                               "first operator", 0};
  std::promise<Result> answered;
  gateway.submit<Token>({key.id, Token::IssueKey{issued}, Origin{"process/serve", 0, {}}, {}},
                        [&](const Result& outcome) { answered.set_value(outcome); });
  const auto outcome = answered.get_future().get();
  if (!outcome)
    throw StartFailure{exit_failure,
                       "the first operator's key cannot be made: " + outcome.error().reason};
  return !outcome->rejection;
}

bool has_live_operator(const IdentityView& identity, Time now) {
  return std::ranges::any_of(identity.operator_keys(),
                             [&](const KeyDetails& key) { return key.expires_at > now; });
}

}  // namespace

void provide_first_operator_key(const Configuration& configuration, CommandGateway& gateway,
                                const IdentityView& identity, const EdgeSecret& secret, Time now) {
  auto key = draw(secret, 0);
  const auto file = operator_key_file(configuration.data);
  const bool is_needed = !has_live_operator(identity, now);
  if (is_needed)
    for (unsigned number = 1; !issue(gateway, key); ++number) key = draw(secret, number);
  else if (!identity.key(key.id) || std::filesystem::exists(file))
    return;
  value_or_stop(write_private_file(file, key.secret + "\n"), exit_data_directory);
  log_info(fmt::format("the first operator's key is in {}", file.string()));
}

}  // namespace orrery
