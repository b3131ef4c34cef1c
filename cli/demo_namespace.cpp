#include "cli/demo_namespace.hpp"

#include <future>
#include <utility>

#include <fmt/format.h>
#include <boost/describe/enum_to_string.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "cli/exit_codes.hpp"
#include "cli/start_failure.hpp"
#include "http/auth/credential.hpp"

namespace orrery {
namespace {

/// 1000 CNY: two weeks of the smallest machine. Its payment is named after it, so that another
/// amount is another payment.
constexpr std::int64_t first_balance_fen = 100'000;
constexpr std::string_view sender = "process/demo";

/// Waits for the answer; the rejection, where there is one.
template <class A>
std::optional<typename A::Rejection> send(CommandGateway& gateway, const std::string& id,
                                          typename A::Command command) {
  using Result = boost::system::result<Outcome<A>, Unavailable>;
  std::promise<Result> answered;
  gateway.submit<A>({id, std::move(command), Origin{std::string(sender), 0, {}}, {}},
                    [&](const Result& outcome) { answered.set_value(outcome); });
  const auto outcome = answered.get_future().get();
  if (!outcome)
    throw StartFailure{exit_demo,
                       fmt::format("the demo's {}: {}", A::stream_prefix, outcome.error().reason)};
  return outcome->rejection;
}

void send_wallet(CommandGateway& gateway, const std::string& id, Wallet::Command command) {
  if (const auto rejection = send<Wallet>(gateway, id, std::move(command)))
    throw StartFailure{exit_demo,
                       fmt::format("the demo's wallet: {}",
                                   boost::describe::enum_to_string(*rejection, "refused"))};
}

/// The `number`th token is good once those before it were revoked or regenerated.
std::string provide_token(CommandGateway& gateway, const EdgeSecret& secret,
                          const std::string& namespace_id) {
  for (unsigned number = 0;; ++number) {
    SeededIdSource ids(secret.seed_of("demo token", sender, std::to_string(number)));
    const auto id = ids.uuid();
    auto token = mint_credential(namespace_token_prefix, ids);
    AccessKeyIssued issued{credential_digest_text(token), KeyScope::namespace_, namespace_id,
                           "demo", 0};
    if (!send<Token>(gateway, id, Token::IssueKey{std::move(issued)})) return token;
  }
}

}  // namespace

DemoNamespace provide_demo_namespace(CommandGateway& gateway, const EdgeSecret& secret,
                                     const std::string& account_id) {
  SeededIdSource ids(secret.seed_of("demo namespace", sender, ""));
  DemoNamespace demo;
  demo.user_id = ids.uuid();
  send_wallet(gateway, demo.user_id, Wallet::Open{{account_id}});
  send_wallet(gateway, demo.user_id,
              Wallet::TopUp{{fmt::format("demo {}", first_balance_fen), first_balance_fen}});
  demo.token = provide_token(gateway, secret, demo.user_id);
  return demo;
}

}  // namespace orrery
