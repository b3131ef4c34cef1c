#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <boost/system/result.hpp>

#include "http/auth/request_identity.hpp"
#include "http/server/message.hpp"

namespace orrery::aifactory {

/// What is wrong with one part of a request, as FastAPI says it.
struct FieldProblem {
  /// A stable word, such as "missing" or "string_type".
  std::string type;
  /// Where: "body", "recipe_name"; numbers are indices, or a place in the body.
  std::vector<std::variant<std::string, std::size_t>> location;
  /// A sentence for people.
  std::string message;
  /// What was there, as JSON text.
  std::string input = "null";
  /// More about it as a JSON object; empty: nothing.
  std::string context = {};
};

/// Why a request gets nothing.
struct Refusal {
  unsigned status = 0;
  /// A sentence for people; where there are `problems`, they are shown instead.
  std::string message;
  std::vector<FieldProblem> problems = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
};

[[noreturn]] void throw_exception_from_error(const Refusal& refusal,
                                             const boost::source_location& location);

/// How a route puts its refusals.
enum class ErrorForm : std::uint8_t {
  /// `{"detail":"…"}`, or `{"detail":[{type, loc, msg, input}, …]}`.
  fastapi,
  /// `{"error":{"message":"…","type":"…","param":null,"code":null}}`, as OpenAI's clients read it.
  openai,
};

Response refused(const Refusal& refusal, ErrorForm form);

Refusal error(unsigned status, std::string_view message);

/// 422.
Refusal unprocessable(FieldProblem problem);

/// 401: no token, or one that isn't good here.
Refusal unauthorized();

/// 404, "Service not found" …
Refusal not_found(std::string_view message);

/// 400 or 409.
Refusal refusal_of(KeyProblem problem);

/// 422: another request had this Idempotency-Key.
Refusal idempotency_key_reused();

/// 503: too many commands are on their way, or the log takes no writes. Retrying later helps.
Refusal unavailable();

}  // namespace orrery::aifactory
