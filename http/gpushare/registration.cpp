#include "http/gpushare/registration.hpp"

#include <atomic>
#include <utility>

#include "actors/client/client.hpp"
#include "actors/runtime/command_gateway.hpp"
#include "http/gpushare/settlements.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::gpushare {

namespace {

using Kind = Registration::Kind;

/// Nothing sealed where there is nothing to tell; nothing at all where there is no key.
std::optional<Sealed> seal_told(SubjectKeys& keys, const std::string& subject,
                                const std::string& text) {
  return text.empty() ? std::optional(Sealed{}) : keys.seal_known(subject, text);
}

/// One registration on its way.
class Registering : public std::enable_shared_from_this<Registering> {
 public:
  Registering(std::shared_ptr<const GpushareContext> context, NewClient person,
              RegistrationRequest request, std::function<void(Registration)> done)
      : context_(std::move(context)),
        person_(std::move(person)),
        request_(std::move(request)),
        done_(std::move(done)) {}

  void start() {
    id_ = std::to_string(context_->client_numbers->take(context_->clients->largest_id(), 1));
    auto event = sealed();
    if (!event) return end(Kind::unavailable);
    context_->settlements->await_names(
        id_, [self = shared_from_this()](NamesOutcome outcome) { self->settled(outcome); });
    context_->gateway->submit<Client>({id_,
                                       Client::Register{*std::move(event)},
                                       Origin{request_.actor, 0, request_.correlation},
                                       {}},
                                      [self = shared_from_this()](const auto& outcome) {
                                        if (outcome && !outcome->rejection) return;
                                        self->refused(outcome.has_value());
                                      });
  }

 private:
  /// What the log is told; nothing where the store of keys takes nothing.
  std::optional<ClientRegistered> sealed() const {
    auto& keys = *context_->subject_keys;
    const auto subject = client_subject(id_);
    if (!keys.seal(subject, person_.username)) return std::nullopt;
    auto names = names_of(*context_, id_, person_.username, person_.email);
    auto phone_no = seal_told(keys, subject, person_.phone_no);
    auto picture = seal_told(keys, subject, person_.profile_image_url);
    auto ip = seal_told(keys, subject, person_.ip);
    if (!names || !phone_no || !picture || !ip) return std::nullopt;
    ClientRegistered event;
    event.names = *std::move(names);
    event.details = {*std::move(phone_no), person_.user_image, person_.terms_accepted,
                     *std::move(picture)};
    event.ip = *std::move(ip);
    event.password_hash = person_.password_hash;
    event.role = person_.role;
    event.request_id = request_.request_id;
    event.request_digest = request_.digest;
    return event;
  }

  void refused(bool is_decided) {
    context_->settlements->forget_names(id_);
    if (!is_decided) return end(Kind::unavailable);
    // The number was somebody's already; a later one isn't.
    if (++attempt_count_ < 8) return start();
    end(Kind::unavailable);
  }

  void settled(NamesOutcome outcome) {
    if (outcome == NamesOutcome::granted) return end(Kind::registered);
    if (outcome == NamesOutcome::username_taken) return end(Kind::username_taken);
    end(outcome == NamesOutcome::email_taken ? Kind::email_taken : Kind::unavailable);
  }

  void end(Kind kind) {
    if (has_ended_.exchange(true)) return;
    auto client = kind == Kind::registered ? context_->clients->find(id_) : nullptr;
    // Erased in the very moment.
    if (kind == Kind::registered && !client) kind = Kind::unavailable;
    done_({kind, std::move(client)});
  }

  std::shared_ptr<const GpushareContext> context_;
  NewClient person_;
  RegistrationRequest request_;
  std::function<void(Registration)> done_;
  std::string id_;
  unsigned attempt_count_ = 0;
  std::atomic<bool> has_ended_{false};
};

}  // namespace

std::optional<Registration> registered_before(const GpushareContext& context,
                                              const RegistrationRequest& request) {
  if (request.digest.empty()) return std::nullopt;
  const auto known = context.clients->of_request(request.request_id);
  if (!known) return std::nullopt;
  if (known->digest != request.digest) return Registration{Kind::key_reused, nullptr};
  auto client = context.clients->find(known->id);
  // Where he still waits for his names, the request may come again.
  const auto kind = client ? Kind::registered : Kind::unavailable;
  return Registration{kind, std::move(client)};
}

void register_client(std::shared_ptr<const GpushareContext> context, NewClient person,
                     RegistrationRequest request, std::function<void(Registration)> done) {
  std::make_shared<Registering>(std::move(context), std::move(person), std::move(request),
                                std::move(done))
      ->start();
}

bool is_foreign_address(const EdgeSecret& secret, std::string_view username,
                        std::string_view email) {
  return username.find('@') != std::string_view::npos &&
         secret.email_key(username) != secret.email_key(email);
}

std::optional<ClientNames> names_of(const GpushareContext& context, const std::string& client_id,
                                    const std::string& username, const std::string& email) {
  const auto subject = client_subject(client_id);
  auto sealed_username = context.subject_keys->seal_known(subject, username);
  auto sealed_email = context.subject_keys->seal_known(subject, email);
  if (!sealed_username || !sealed_email) return std::nullopt;
  return ClientNames{*std::move(sealed_username), *std::move(sealed_email),
                     context.secret.username_key(username), context.secret.email_key(email)};
}

}  // namespace orrery::gpushare
