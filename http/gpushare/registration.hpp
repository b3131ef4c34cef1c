#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/gpushare/context.hpp"
#include "projections/clients/client_view.hpp"

namespace orrery::gpushare {

/// A person who is to become a client, in plain words; his fields have been checked.
struct NewClient {
  std::string username;
  std::string email;
  /// Empty, as everything below: he tells none.
  std::string phone_no;
  std::string profile_image_url;
  std::uint16_t user_image = 0;
  std::optional<bool> terms_accepted;
  /// Address from which he registers.
  std::string ip;
  /// Hashed already; empty: nobody signs in by password.
  std::string password_hash;
  ClientRole role = ClientRole::user;
};

/// Of the request that registers him.
struct RegistrationRequest {
  /// Who asks ("client/<id>", "anonymous"), and the request's own id for tracing.
  std::string actor;
  std::string correlation;
  /// Drawn from the request's identity (`identity.ids->uuid()`), and its digest.
  std::string request_id;
  std::string digest;
};

struct Registration {
  enum class Kind : std::uint8_t {
    registered,
    username_taken,
    email_taken,
    /// Another request had this idempotency key.
    key_reused,
    /// The log or the store of keys takes nothing now.
    unavailable,
  };
  Kind kind = Kind::unavailable;
  /// Where registered: the client, who has his names and stands in every view.
  ClientView::Client client;
};

/// What the request has led to where it came before with the same id; nothing where it is new.
/// Look before anything else is decided or hashed.
std::optional<Registration> registered_before(const GpushareContext& context,
                                              const RegistrationRequest& request);

/// Makes a client of `person`: draws his id, seals what is personal, and waits until his names are
/// his or turn out to be somebody else's. `done` is called once, on another thread: keep it short.
void register_client(std::shared_ptr<const GpushareContext> context, NewClient person,
                     RegistrationRequest request, std::function<void(Registration)> done);

/// Whether a username is a mail address, and another than his own: whoever has that one would sign
/// in by it.
bool is_foreign_address(const EdgeSecret& secret, std::string_view username,
                        std::string_view email);

/// The names of a client, sealed for him, and their keys; nothing where he has no key (any more).
std::optional<ClientNames> names_of(const GpushareContext& context, const std::string& client_id,
                                    const std::string& username, const std::string& email);

}  // namespace orrery::gpushare
