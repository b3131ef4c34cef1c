#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "actors/client/client.hpp"
#include "actors/runtime/command_gateway.hpp"
#include "http/auth/password_pool.hpp"
#include "http/auth/peer_group.hpp"
#include "http/gpushare/device.hpp"
#include "http/gpushare/fields.hpp"
#include "http/gpushare/name_hold.hpp"
#include "http/gpushare/new_password.hpp"
#include "http/gpushare/reset_link.hpp"
#include "http/gpushare/reset_page.hpp"
#include "http/gpushare/sessions.hpp"
#include "http/mail/mail_sender.hpp"
#include "storage/clock.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::gpushare {

namespace {

constexpr std::string_view sent_message =
    "If somebody has registered with this address, a mail with a link has been sent to it.";
constexpr std::string_view changed_message = "Password has been reset.";
constexpr std::string_view bad_link_sentence = "The link is invalid, has been used or has expired.";

Mail reset_mail(std::string to, const std::string& url) {
  return {std::move(to), "Set a new password",
          fmt::format("Somebody, probably you, has asked for a new password for the account with "
                      "this mail address.\nTo set one, follow this link within {} minutes. It "
                      "works once.\n\n{}\n\nIf it wasn't you, there is nothing to do: the old "
                      "password still works.\n",
                      reset_link_lifetime.count(), url)};
}

/// As much work whether or not somebody has the address: the link of nobody is made, too.
void send_link(const GpushareContext& context, std::string_view email) {
  const auto client = context.clients->by_email(context.secret.email_key(email));
  static const MarketClient nobody{};
  const auto url = reset_url(
      context, reset_link_of(context.secret, client ? *client : nobody, context.clock->now()));
  auto to = context.subject_keys->open(client ? client->names.email : Sealed{});
  if (client && to && context.mail) (void)context.mail->send(reset_mail(*std::move(to), url));
}

/// How long this address, or whoever asks, has to wait; 0: not at all.
std::chrono::seconds wait_for_mail(const GpushareContext& context, std::string_view email,
                                   const std::string& peer) {
  const auto now = context.clock->now();
  const auto name = context.secret.email_key(email);
  // A name that is closed costs its peers nothing.
  if (!context.reset_requests->take(name, now)) return context.reset_requests->wait(name, now);
  if (context.peer_resets->take(peer, now)) return {};
  context.reset_requests->give_back(name);
  return context.peer_resets->wait(peer, now);
}

void ask_for_link(const Context& context, const Request& request, const Caller&,
                  const Reply& reply) {
  const auto body = body_of(request);
  if (!body) return reply(body.error());
  Fields fields(*body);
  const auto email = fields.email("email");
  if (const auto refusal = fields.refusal()) return reply(*refusal);
  const auto wait = wait_for_mail(*context, *email, peer_group(request.peer));
  if (wait.count() > 0) return reply(throttled(wait));
  send_link(*context, *email);
  reply(said(sent_message));
}

/// A new password on its way.
struct Change {
  Context context;
  ClientView::Client client;
  std::string correlation;
  bool answers_with_page = false;
  /// So that the address that the link proves is still his when that is said.
  std::shared_ptr<KeyClaim> names;
  Reply reply;

  Origin origin() const { return {"client/" + client->id, 0, correlation}; }
  void refuse() const {
    if (answers_with_page) return reply(reset_sentence_page(400, bad_link_sentence));
    reply(error(400, bad_link_sentence));
  }
};

/// Whoever followed the link is nobody who guesses.
void changed(const Change& change) {
  const auto& context = *change.context;
  const auto& keys = *context.subject_keys;
  const auto& names = change.client->names;
  if (const auto username = keys.open(names.username))
    context.sign_in_guesses->forgive(context.secret.email_key(*username));
  context.sign_in_guesses->forgive(names.email_key);
  change.names->release();
  if (change.answers_with_page) return change.reply(reset_sentence_page(200, changed_message));
  change.reply(said(changed_message));
}

/// Whoever followed the link reads mail to the address that it was sent to.
void prove_address(const Change& change) {
  const auto now = change.context->clients->find(change.client->id);
  if (!now || now->names.email_key != change.client->names.email_key) return changed(change);
  change.context->gateway->submit<Client>({now->id, Client::VerifyEmail{}, change.origin(), {}},
                                          [change](const auto&) { changed(change); });
}

void set_password(const Change& change, std::string hash) {
  Client::ChangePassword command{std::move(hash), change.client->password_hash};
  change.context->gateway->submit<Client>(
      {change.client->id, std::move(command), change.origin(), {}}, [change](const auto& outcome) {
        if (!outcome) return change.reply(unavailable());
        if (outcome->rejection) return change.refuse();
        prove_address(change);
      });
}

boost::system::result<std::string, Refusal> read_password(const GpushareContext& context,
                                                          const Request& request,
                                                          const MarketClient& client) {
  const auto body = body_of(request);
  if (!body) return body.error();
  Fields fields(*body);
  // By either name; "new_password" where it is none.
  const TextRules anything{.may_be_blank = true, .is_trimmed = false};
  const bool is_plain = !fields.text("new_password", optional, anything).is_given &&
                        fields.text("password", optional, anything).is_given;
  const std::string_view field = is_plain ? "password" : "new_password";
  auto password = read_new_password(fields, field, "confirm_password");
  const auto username = context.subject_keys->open(client.names.username);
  const auto email = context.subject_keys->open(client.names.email);
  if (username && email) refuse_name_as_password(fields, field, password, *username, *email);
  if (auto refusal = fields.refusal()) return *std::move(refusal);
  return password;
}

/// What is wrong with the fields of a form, for people.
Response page_of(const Refusal& refusal) {
  std::vector<std::string> sentences;
  for (const auto& [field, problems] : refusal.body)
    if (const auto* list = problems.if_array())
      for (const auto& problem : *list)
        if (problem.is_string()) sentences.emplace_back(std::string_view(problem.get_string()));
  return reset_form_page_again(sentences);
}

void reset_password(const Context& context, const Request& request, const Caller&,
                    const Reply& reply) {
  const auto& link = request.path_parameters;
  Change change{context,
                client_of_reset_link(*context, link[0], link[1]),
                request.request_id,
                wants_page(request),
                nullptr,
                reply};
  if (!change.client) return change.refuse();
  auto password = read_password(*context, request, *change.client);
  if (!password && change.answers_with_page) return reply(page_of(password.error()));
  if (!password) return reply(password.error());
  change.names = hold_names(*context, change.client->id);
  if (!change.names) return reply(detail(409, "This client is being changed already."));
  // As he is while his names are held.
  change.client = client_of_reset_link(*context, link[0], link[1]);
  if (!change.client) return change.refuse();
  const auto hashed = [change](std::string hash) {
    if (hash.empty()) return change.reply(unavailable());
    set_password(change, std::move(hash));
  };
  if (!context->passwords->hash(*std::move(password), hashed)) reply(unavailable());
}

void show_form(const Context& context, const Request& request, const Caller&, const Reply& reply) {
  const auto& words = request.path_parameters;
  if (client_of_reset_link(*context, words[0], words[1])) return reply(reset_form_page());
  reply(reset_sentence_page(400, bad_link_sentence));
}

}  // namespace

void add_password_reset(Routes& routes) {
  routes.add(Operation::client_password_reset, ask_for_link);
  routes.add(Operation::client_reset_password, reset_password);
  routes.add(Operation::reset_password_form, show_form);
}

}  // namespace orrery::gpushare
