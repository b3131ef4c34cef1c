#include <charconv>

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>

#include "actors/notice/notice.hpp"
#include "http/aicenter/center/center_call.hpp"
#include "http/aicenter/center/center_resources.hpp"
#include "http/json/timestamp.hpp"
#include "http/native/event_feed.hpp"

namespace orrery::aicenter {
namespace {

boost::json::object notice_json(const NoticeDetails& notice) {
  return {{"id", notice.id},
          {"title", notice.notice.title},
          {"body", notice.notice.body},
          {"level", boost::describe::enum_to_string(notice.notice.level, "info")},
          {"author", notice.notice.author},
          {"posted_at", rfc3339_seconds(notice.posted_at)},
          {"position", notice.position}};
}

std::optional<Position> position_of(std::string_view text) {
  Position position = 0;
  if (text.empty()) return position;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, position);
  return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(position) : std::nullopt;
}

/// As they come, by the log's positions; who comes back says the last that he has seen. For users
/// only: a stream is held open, and tells who posted by which credential.
void follow(const Call& call, Position after) {
  const auto& context = call->context();
  if (!authenticate(context, call->request())) return call->refuse(authentication_failure());
  if (!context.feed) return call->refuse(503, "unavailable", "Nothing can be followed here.");
  Response head;
  head.content_type = "text/event-stream";
  head.headers.emplace_back("Cache-Control", "no-store");
  const auto from = after == 0 ? context.feed->told() : after;
  call->stream(std::move(head), context.feed->open(from, {{}, {"notice.posted"}, {}}));
}

void list(const Call& call) {
  const auto& request = call->request();
  const auto last = request.header("last-event-id");
  const auto asked = request.query_parameter("after");
  const auto after = position_of(asked.empty() ? last : std::string_view(asked));
  if (!after) return call->wrong("after must be the position of a notice");
  const auto wish = request.query_parameter("follow");
  if (!wish.empty() && wish != "true" && wish != "false")
    return call->wrong("follow must be true or false");
  if (wish == "true") return follow(call, *after);
  call->answer(listed(call->context().center->notices(*after),
                      [](const CenterView::Notice& notice) { return notice_json(*notice); }));
}

NoticePosted read_notice(const Call& call, JsonFields& fields) {
  NoticePosted notice;
  notice.title = fields.required_string("title", word_bytes_max);
  notice.body = fields.optional_string("body", text_bytes_max).value_or("");
  notice.author = call->caller().name();
  const auto level = fields.optional_string("level", 32);
  if (level && !boost::describe::enum_from_string(std::string(*level).c_str(), notice.level))
    fields.refuse("level", "must be info, maintenance or urgent");
  return notice;
}

void show(const Call& call, const std::string& id) {
  for (const auto& notice : call->context().center->notices())
    if (notice->id == id) return call->answer(notice_json(*notice), 201);
  call->not_found("notice");
}

void post(const Call& call) {
  with_body(
      call, [&](JsonFields& fields) { return read_notice(call, fields); },
      [&](NoticePosted notice) {
        const auto id = call->ids().uuid();
        order<Notice>(call, id, Notice::Post{std::move(notice)}, [=] { show(call, id); });
      });
}

}  // namespace

void add_notices(Routes& routes) {
  add_center_route(routes, Method::get, "/notices", Need::nobody, list);
  add_center_route(routes, Method::post, "/notices", Need::operator_, post);
  add_center_route(
      routes, Method::delete_, "/notices/{notice_id}", Need::operator_, [](const Call& call) {
        order<Notice>(call, call->parameter(0), Notice::Withdraw{}, [call] { call->done(); });
      });
}

}  // namespace orrery::aicenter
