#include "http/auth/bootstrap.hpp"

#include <future>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include "actors/runtime/command_gateway.hpp"
#include "http/auth/credential.hpp"
#include "http/auth/password_pool.hpp"
#include "storage/subject_keys.hpp"

namespace orrery {

namespace {

constexpr std::string_view principal = "operator/bootstrap";

/// Sends the commands of a bootstrap one after the other and remembers the first failure.
class Bootstrapper {
 public:
  explicit Bootstrapper(CommandGateway& gateway) : gateway_(gateway) {}

  /// Waits for the answer. `tolerated` says that the thing is there already, maybe changed since.
  template <class A, class C>
  void send(std::string id, C command, typename A::Rejection tolerated) {
    if (failure_) return;
    using Result = boost::system::result<Outcome<A>, Unavailable>;
    std::promise<std::optional<std::string>> answered;
    CommandMessage<A> message{id, std::move(command), Origin{std::string(principal), 0, {}}, {}};
    gateway_.submit<A>(std::move(message), [&](const Result& outcome) {
      if (!outcome)
        answered.set_value(outcome.error().reason);
      else if (outcome->rejection && *outcome->rejection != tolerated)
        answered.set_value(
            fmt::format("refused (rejection {})", static_cast<int>(*outcome->rejection)));
      else
        answered.set_value(std::nullopt);
    });
    if (const auto problem = answered.get_future().get())
      failure_ = BootstrapFailure{fmt::format("{}/{}: {}", A::stream_prefix, id, *problem)};
  }

  const std::optional<BootstrapFailure>& failure() const { return failure_; }

 private:
  CommandGateway& gateway_;
  std::optional<BootstrapFailure> failure_;
};

/// Everything that is drawn for a plan, always in the same order.
struct Drawn {
  BootstrapCredentials credentials;
  std::string stripe_customer_id;
  std::string access_key_id;
  std::string project_key_id;
  std::string operator_key_id;
};

Drawn draw(const EdgeSecret& secret, const BootstrapPlan& plan) {
  SeededIdSource ids(secret.seed_of("bootstrap", plan.organization_name, plan.project_name));
  Drawn drawn;
  drawn.credentials.email = plan.email;
  drawn.credentials.password = mint_credential("", ids);
  drawn.credentials.access_key = mint_credential(access_key_prefix, ids);
  drawn.credentials.project_access_key = mint_credential(access_key_prefix, ids);
  drawn.credentials.operator_key = mint_credential(operator_key_prefix, ids);
  drawn.credentials.organization_id = ids.uuid();
  drawn.credentials.project_id = ids.uuid();
  drawn.stripe_customer_id = "cus_" + ids.upper_hex(7);
  drawn.access_key_id = ids.uuid();
  drawn.project_key_id = ids.uuid();
  drawn.operator_key_id = ids.uuid();
  drawn.credentials.access_key_id = drawn.access_key_id;
  drawn.credentials.signing_secret = secret.signing_secret(drawn.access_key_id);
  return drawn;
}

AccessKeyIssued key_of(std::string_view credential, KeyScope scope, std::string scope_id,
                       std::string name) {
  return {credential_digest_text(credential), scope, std::move(scope_id), std::move(name), 0};
}

void create_tenancy(Bootstrapper& send, const Drawn& drawn, const BootstrapPlan& plan) {
  const auto& credentials = drawn.credentials;
  send.send<Organization>(credentials.organization_id,
                          Organization::Create{{plan.organization_name, drawn.stripe_customer_id}},
                          Organization::Rejection::organization_exists_already);
  send.send<Project>(credentials.project_id,
                     Project::Create{{credentials.organization_id, plan.project_name}},
                     Project::Rejection::project_exists_already);
}

void create_account(Bootstrapper& send, const std::string& account_id, AccountRegistered account,
                    const std::string& organization_id) {
  send.send<Account>(account_id, Account::Register{std::move(account)},
                     Account::Rejection::account_exists_already);
  send.send<Account>(account_id, Account::JoinOrganization{{organization_id, MemberRole::admin}},
                     Account::Rejection::account_is_disabled);
}

void issue_keys(Bootstrapper& send, const Drawn& drawn) {
  const auto issue = [&](const std::string& id, AccessKeyIssued key) {
    send.send<Token>(id, Token::IssueKey{std::move(key)}, Token::Rejection::token_is_revoked);
  };
  const auto& credentials = drawn.credentials;
  issue(drawn.access_key_id, key_of(credentials.access_key, KeyScope::organization,
                                    credentials.organization_id, "bootstrap"));
  issue(drawn.project_key_id, key_of(credentials.project_access_key, KeyScope::project,
                                     credentials.project_id, "bootstrap project"));
  issue(drawn.operator_key_id,
        key_of(credentials.operator_key, KeyScope::operator_, "", "bootstrap operator"));
}

}  // namespace

boost::system::result<BootstrapCredentials, BootstrapFailure> bootstrap(
    CommandGateway& gateway, SubjectKeys& subject_keys, const PasswordPool& passwords,
    const EdgeSecret& secret, const BootstrapPlan& plan) {
  const auto drawn = draw(secret, plan);
  const auto account_id = secret.account_id(plan.email);
  auto email = subject_keys.seal(account_id, plan.email);
  if (!email) return BootstrapFailure{"the key of the account cannot be stored"};

  Bootstrapper send(gateway);
  create_tenancy(send, drawn, plan);
  create_account(send, account_id, {std::move(*email), passwords.hash(drawn.credentials.password)},
                 drawn.credentials.organization_id);
  issue_keys(send, drawn);
  if (send.failure()) return *send.failure();
  return drawn.credentials;
}

void throw_exception_from_error(const BootstrapFailure& failure, const boost::source_location&) {
  throw std::logic_error("a failed bootstrap was used: " + failure.message);
}

}  // namespace orrery
