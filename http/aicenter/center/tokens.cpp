#include <algorithm>
#include <chrono>

#include "http/aicenter/center/center_call.hpp"
#include "http/aicenter/center/center_resources.hpp"
#include "http/aicenter/slurm_tokens.hpp"
#include "storage/clock.hpp"

namespace orrery::aicenter {
namespace {

/// As scontrol has it.
constexpr std::int64_t lifespan_default_s = 1'800;
constexpr std::int64_t lifespan_max_s = std::int64_t{366} * 86'400;

struct Wish {
  /// Empty: whoever asks.
  std::string user;
  std::int64_t lifespan_s = lifespan_default_s;
};

Wish read_wish(JsonFields& fields) {
  Wish wish;
  wish.user = fields.optional_string("user", word_bytes_max).value_or("");
  wish.lifespan_s =
      fields.optional_integer("lifespan_s", 1, lifespan_max_s).value_or(lifespan_default_s);
  return wish;
}

/// The times are told in seconds, so that one that is made in the second in which the others were
/// taken back is good.
void mint(const Call& call, const Wish& wish) {
  const auto& context = call->context();
  const std::string name(wish.user.empty() ? call->caller().name() : wish.user);
  const bool is_own = call->caller().name() == name;
  const auto user = context.center->user(name);
  const bool is_known = user && user->status == CenterUserDetails::Status::approved;
  if (!is_own && !call->caller().is_administrator())
    return call->refuse(403, "forbidden", "This needs an administrator of the center.");
  if (!is_known) return call->not_found("user");
  const auto from = Time(std::chrono::seconds(user->tokens_from_s));
  const auto now = std::max(context.clock->now(), from);
  const auto token = context.tokens->mint(name, now, std::chrono::seconds(wish.lifespan_s));
  const auto expires_s =
      std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count() + wish.lifespan_s;
  call->answer(
      boost::json::object{{"user", name}, {"token", token}, {"expires_at", time_json(expires_s)}},
      201);
}

}  // namespace

void add_tokens(Routes& routes) {
  add_center_route(routes, Method::post, "/tokens", Need::user, [](const Call& call) {
    with_body(call, read_wish, [&](const Wish& wish) { mint(call, wish); });
  });
}

}  // namespace orrery::aicenter
