#include "http/neolink/errors.hpp"

#include <stdexcept>

#include <fmt/format.h>
#include <simdjson.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace orrery::neolink {

namespace {

/// As much of a client's word as a message repeats: nothing of what is no UTF-8, as paths and
/// headers may have it, and no letter in part.
std::string_view repeated(std::string_view name) {
  constexpr std::size_t bytes_max = 128;
  if (!simdjson::validate_utf8(name.data(), name.size())) return {};
  if (name.size() <= bytes_max) return name;
  auto end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
  return name.substr(0, end);
}

}  // namespace

Response refused(const Refusal& refusal) {
  Response response;
  response.status = refusal.status;
  response.body = boost::json::serialize(
      boost::json::object{{"code", refusal.code}, {"message", refusal.message}});
  response.headers = refusal.headers;
  return response;
}

Refusal error(unsigned status, std::string_view code, std::string_view message) {
  return {status, std::string(code), std::string(message), {}};
}

Refusal bad_request(std::string_view message) { return error(400, "bad_request", message); }

Refusal unauthorized() {
  return {401,
          "bad_token",
          "The Authorization header must be \"bearer\" and a token that is valid",
          {{"WWW-Authenticate", "Bearer"}}};
}

Refusal not_found(std::string_view kind, std::string_view name) {
  return error(404, fmt::format("{}_not_found", kind),
               fmt::format("There is no {} \"{}\"", kind, repeated(name)));
}

Refusal unknown(std::string_view kind, std::string_view name) {
  return error(400, fmt::format("unknown_{}", kind),
               fmt::format("There is no {} \"{}\"", kind, repeated(name)));
}

Refusal refusal_of(KeyProblem problem) {
  if (problem == KeyProblem::malformed) return bad_request(key_malformed_sentence);
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

}  // namespace orrery::neolink
