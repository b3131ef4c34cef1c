#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/describe/enum_to_string.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "http/aicenter/route_table.hpp"
#include "http/json/json_body.hpp"
#include "http/json/json_fields.hpp"

namespace orrery::aicenter {

/// Who may ask: everybody without saying who he is; every approved user; the center's operators;
/// its administrators. Operators of the server may all of it.
enum class Need : std::uint8_t { nobody, user, operator_, administrator };

inline constexpr std::size_t word_bytes_max = 200;
inline constexpr std::size_t text_bytes_max = 10'000;

/// One request to the center's own routes by somebody who may make it, until its answer is given.
/// The first answer counts. Any thread.
class CenterCall {
 public:
  CenterCall(Context context, const Request& request, std::optional<Caller> caller, Reply reply,
             RequestIdentity identity)
      : context_(std::move(context)),
        request_(request),
        caller_(std::move(caller)),
        reply_(reply.with(identity.claim)),
        identity_(std::move(identity)) {}

  const AicenterContext& context() const { return *context_; }
  const Request& request() const { return request_; }
  /// Only where somebody was needed.
  const Caller& caller() const { return *caller_; }
  std::string parameter(std::size_t index) const {
    return std::string(request_.path_parameters[index]);
  }
  /// Draw from it in a fixed order: a request with an `Idempotency-Key` draws the same again.
  IdSource& ids() const { return *identity_.ids; }
  /// Of the request; empty without an `Idempotency-Key`.
  const std::string& digest() const { return identity_.digest; }
  std::int64_t now_s() const;

  void answer(const boost::json::value& body, unsigned status = 200) const;
  /// 204.
  void done() const;
  void refuse(unsigned status, std::string_view code, std::string_view message) const;
  void refuse(const Refusal& refusal) const { reply_(refusal); }
  void wrong(std::string_view message) const { refuse(400, "bad_request", message); }
  void not_found(std::string_view what) const;
  void unavailable() const;
  /// In the words of an aggregate.
  void refuse_command(std::string_view rejection) const;
  void stream(Response head, std::shared_ptr<ResponseStream> stream) const {
    reply_(std::move(head), std::move(stream));
  }
  /// In whose name commands are sent.
  Origin origin() const;

 private:
  Context context_;
  const Request& request_;
  std::optional<Caller> caller_;
  Reply reply_;
  RequestIdentity identity_;
};
using Call = std::shared_ptr<const CenterCall>;
using CenterHandler = std::function<void(const Call&)>;

/// Adds a route below /orrery/v1/center for whom `need` lets in; 401 and 403 for the others. Who is
/// suspended changes nothing.
void add_center_route(Routes& routes, Method method, std::string_view path, Need need,
                      CenterHandler handler);

/// Sends a command in the caller's name. `then` runs once it is durable and visible, on an actor's
/// thread; a refusal, or a log that takes nothing, has been answered then instead.
template <class A, class C, class Then>
void order(const Call& call, std::string id, C command, Then then) {
  using Result = boost::system::result<Outcome<A>, Unavailable>;
  call->context().gateway->template submit<A>(
      {std::move(id), std::move(command), call->origin(), {}},
      [call, then = std::move(then)](const Result& outcome) {
        if (!outcome) return call->unavailable();
        if (outcome->rejection)
          return call->refuse_command(
              boost::describe::enum_to_string(*outcome->rejection, "refused"));
        then();
      });
}

/// Calls `read(fields)` with the fields of the request's body, then `go_on(words)` with what it
/// returned. 400 where the body or a field is wrong. Whatever `read` keeps must be a copy. No body
/// is an empty object.
template <class Read, class GoOn>
void with_body(const Call& call, const Read& read, const GoOn& go_on) {
  static const std::string nothing = std::string("{}").append(64, ' ');
  const auto given = call->request().body;
  const auto object =
      parse_json_object(given.empty() ? std::string_view(nothing).substr(0, 2) : given);
  if (!object) return call->wrong(object.error().message);
  JsonFields fields(*object);
  auto words = read(fields);
  if (fields.problem()) return call->wrong(*fields.problem());
  go_on(std::move(words));
}

/// `{"items":[…]}` of `each(item)`.
template <class Items, class Each>
boost::json::object listed(const Items& items, const Each& each) {
  boost::json::array array;
  for (const auto& item : items) array.push_back(each(item));
  return {{"items", std::move(array)}};
}

/// Of seconds since 1970; null for 0, which means that there is none.
boost::json::value time_json(std::int64_t seconds);
/// Null for an empty text.
boost::json::value text_json(std::string_view text);

/// A moment of RFC 3339 as seconds since 1970; nothing where it is absent or wrong.
std::optional<std::int64_t> read_moment(JsonFields& fields, std::string_view name);

}  // namespace orrery::aicenter
