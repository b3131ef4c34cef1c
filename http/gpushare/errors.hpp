#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

#include "http/auth/request_identity.hpp"
#include "http/server/message.hpp"

namespace orrery::gpushare {

/// Why a request gets nothing, as Django REST Framework puts it: `{"detail":"…"}`, or
/// `{"field":["…"], …}` where fields are wrong.
struct Refusal {
  unsigned status = 0;
  /// The whole body.
  boost::json::object body;
  std::vector<std::pair<std::string, std::string>> headers = {};
};

[[noreturn]] void throw_exception_from_error(const Refusal& refusal,
                                             const boost::source_location& location);

Response refused(const Refusal& refusal);

/// `{"detail":"…"}`.
Refusal detail(unsigned status, std::string_view sentence);

/// `{"error":"…"}`, as some routes of the marketplace do it.
Refusal error(unsigned status, std::string_view sentence);

/// 400 `{"<field>":["…"]}`. `Fields` says more than one at once.
Refusal field_error(std::string_view field, std::string_view sentence);

// Sentences of fields that more than one place says.
inline constexpr std::string_view field_is_required = "This field is required.";
inline constexpr std::string_view field_may_not_be_blank = "This field may not be blank.";
inline constexpr std::string_view username_is_taken = "A user with that username already exists.";
inline constexpr std::string_view email_is_taken = "user with this email address already exists.";
inline constexpr std::string_view username_is_foreign_address =
    "A username may be a mail address only if it is your own.";
/// `Invalid pk "9" - object does not exist.`: absent or somebody else's; nobody learns which.
std::string invalid_pk(std::string_view id);

/// 401 with the challenge: nobody says who he is.
Refusal not_authenticated();
/// 401 with the challenge: "Invalid token.", "Invalid username/password." …
Refusal authentication_failed(std::string_view sentence);
/// 403: he may not do this at all.
Refusal permission_denied();
/// 404: absent or somebody else's; nobody learns which.
Refusal not_found();
/// 429 with `Retry-After`.
Refusal throttled(std::chrono::seconds wait);

/// 400 or 409.
Refusal refusal_of(KeyProblem problem);
/// 422: another request had this Idempotency-Key.
Refusal idempotency_key_reused();
/// 503: too many commands are on their way, or the log takes no writes. Retrying later helps.
Refusal unavailable();

}  // namespace orrery::gpushare
