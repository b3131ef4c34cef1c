#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "actors/center_user/center_user.hpp"
#include "http/aicenter/center/center_call.hpp"
#include "http/aicenter/center/center_resources.hpp"
#include "http/aicenter/center/grant_json.hpp"
#include "http/auth/peer_group.hpp"
#include "http/mail/mail_text.hpp"
#include "storage/clock.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::aicenter {
namespace {

/// What somebody tells of himself, as he typed it.
struct Application {
  std::string name;
  std::string full_name;
  std::string email;
  std::string affiliation;
  std::string purpose;
  std::string class_name;
  std::string team;
};

std::string text_of(JsonFields& fields, std::string_view name, std::size_t size_max) {
  return std::string(fields.optional_string(name, size_max).value_or(""));
}

Application read_application(const AicenterContext& context, JsonFields& fields) {
  Application told;
  told.name = fields.required_string("name", word_bytes_max);
  check_login_name(told.name, fields);
  told.full_name = fields.required_string("full_name", word_bytes_max);
  told.email = fields.required_string("email", word_bytes_max);
  if (!fields.problem() && !can_be_mailed(told.email))
    fields.refuse("email", "must be a mail address");
  told.affiliation = text_of(fields, "affiliation", word_bytes_max);
  told.purpose = text_of(fields, "purpose", text_bytes_max);
  told.class_name = fields.required_string("class", word_bytes_max);
  check_class(context, told.class_name, fields);
  told.team = text_of(fields, "team", word_bytes_max);
  if (!told.team.empty()) check_team(context, told.team, "team", fields);
  return told;
}

/// Nothing where the key can't be stored.
std::optional<CenterPerson> sealed(SubjectKeys& keys, const Application& told) {
  const auto subject = sealing_subject(told.name);
  CenterPerson person;
  const std::array<std::pair<Sealed*, const std::string*>, 4> all{
      {{&person.full_name, &told.full_name},
       {&person.email, &told.email},
       {&person.affiliation, &told.affiliation},
       {&person.purpose, &told.purpose}}};
  for (const auto& [box, text] : all) {
    if (text->empty()) continue;
    auto closed = keys.seal(subject, *text);
    if (!closed) return std::nullopt;
    *box = *std::move(closed);
  }
  return person;
}

void answer_applied(const Call& call, const std::string& name) {
  call->answer(boost::json::object{{"name", name}, {"status", "applied"}}, 201);
}

void send(const Call& call, const Application& told, const std::string& request_id) {
  auto person = sealed(*call->context().subject_keys, told);
  if (!person) return call->unavailable();
  CenterUserApplied application{*std::move(person), told.class_name, told.team, request_id,
                                call->digest()};
  order<CenterUser>(call, told.name, CenterUser::Apply{std::move(application)},
                    [call, name = told.name] { answer_applied(call, name); });
}

/// Nobody is sealed anything for whose name is taken: an erased person's key would come back.
bool is_taken(const CenterView& center, const std::string& name) {
  const auto user = center.user(name);
  if (user) return user->status != CenterUserDetails::Status::declined;
  const auto erased = center.erased();
  return std::ranges::find(erased, name) != erased.end();
}

void apply(const Call& call, const Application& told) {
  const auto& center = *call->context().center;
  std::string request_id;
  if (!call->digest().empty()) request_id = call->ids().uuid();
  const auto first = request_id.empty() ? std::nullopt : center.of_request(request_id);
  if (first && first->digest != call->digest())
    return call->refuse(422, "idempotency_key_reused",
                        "The Idempotency-Key was used for another request.");
  if (first) return answer_applied(call, first->name);
  if (is_taken(center, told.name))
    return call->refuse(409, "user_exists_already", "Somebody has this name already.");
  send(call, told, request_id);
}

void receive(const Call& call) {
  const auto& context = call->context();
  const auto now = context.clock->now();
  const auto group = peer_group(call->request().peer);
  if (!context.peer_applications->take(group, now)) {
    Refusal refusal;
    refusal.status = 429;
    refusal.text = "Too many applications come from this address: try again later.";
    refusal.headers.emplace_back(
        "Retry-After", std::to_string(context.peer_applications->wait(group, now).count()));
    return call->refuse(refusal);
  }
  with_body(
      call, [&](JsonFields& fields) { return read_application(context, fields); },
      [&](const Application& told) { apply(call, told); });
}

}  // namespace

void check_login_name(std::string_view name, JsonFields& fields) {
  constexpr std::array<std::string_view, 8> reserved{"root",   "admin", "administrator", "operator",
                                                     "nobody", "slurm", "daemon",        "system"};
  if (!is_login_name(name))
    fields.refuse("name",
                  "must be 1 to 32 lower-case letters, digits, '_' and '-', a letter first");
  else if (std::ranges::find(reserved, name) != reserved.end())
    fields.refuse("name", "is nobody's to have");
}

void add_applications(Routes& routes) {
  add_center_route(routes, Method::post, "/applications", Need::nobody, receive);
}

}  // namespace orrery::aicenter
