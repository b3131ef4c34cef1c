#include "http/mkinf/errors.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace orrery::mkinf {

Refusal error(unsigned status, std::string_view code, std::string_view message) {
  return {status, std::string(code), std::string(message), {}};
}

Refusal bad_request(std::string_view message) { return error(400, "bad_request", message); }

Refusal unauthorized() {
  return {401, "bad_credential", "Unauthorized", {{"WWW-Authenticate", "Bearer"}}};
}

Refusal not_found(std::string_view what) {
  return error(404, "not_found", fmt::format("{} not found", what));
}

Refusal conflict(std::string_view message) { return error(409, "conflict", message); }

Refusal idempotency_key_in_use() {
  return {409,
          "idempotency_key_in_use",
          "The first request with this Idempotency-Key has not been answered yet",
          {{"Retry-After", "1"}}};
}

Refusal idempotency_key_reused() {
  return error(422, "idempotency_key_reused",
               "Idempotency-Key was used for another request before");
}

Refusal unavailable() {
  return {
      503, "unavailable", "Nothing can be changed now, try again later", {{"Retry-After", "1"}}};
}

void throw_exception_from_error(const Refusal& refusal, const boost::source_location&) {
  throw std::logic_error("what was refused was used: " + refusal.message);
}

}  // namespace orrery::mkinf
