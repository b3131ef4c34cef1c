#include "http/neolink/power_request.hpp"

#include <charconv>

#include <fmt/format.h>

#include "http/neolink/image_name.hpp"
#include "http/neolink/loose_fields.hpp"

namespace orrery::neolink {

namespace {

constexpr std::size_t word_bytes_max = 256;

void read_grace_period(LooseFields& body, PowerOffRequest& request) {
  constexpr auto name = "gracePeriodSeconds";
  const auto sentence = fmt::format("must be a whole number from 0 to {}", grace_period_s_max);
  simdjson::dom::element given;
  if (body.object[name].get(given) == simdjson::SUCCESS &&
      given.type() == simdjson::dom::element_type::DOUBLE)
    return body.fields.refuse(name, sentence);
  const auto text = body.text(name, word_bytes_max);
  if (text.empty()) return;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, request.grace_period_s);
  if (parsed.ec != std::errc() || parsed.ptr != end || request.grace_period_s > grace_period_s_max)
    body.fields.refuse(name, sentence);
}

void read_snapshot(LooseFields& body, PowerOffRequest& request) {
  request.needs_snapshot = body.truth("needSnapshot").value_or(false);
  if (!request.needs_snapshot) return;
  request.image_name = body.text("imageName", word_bytes_max);
  if (!is_image_name(request.image_name))
    body.fields.refuse("imageName",
                       "must be, for a snapshot, lower-case letters and digits, joined by \".\", "
                       "\"_\" or \"-\", up to 128 of them");
  request.tag = body.text("tag", word_bytes_max);
  if (!is_image_tag(request.tag))
    body.fields.refuse(
        "tag",
        "must be, for a snapshot, letters, digits, \"_\", \".\" and \"-\", up to 128 "
        "of them, and not begin with \".\" or \"-\"");
}

}  // namespace

boost::system::result<PowerOffRequest, JsonProblem> read_power_off(std::string_view text) {
  PowerOffRequest request;
  if (text.empty()) return request;
  const auto object = parse_json_object(text);
  if (!object) return object.error();
  LooseFields body(*object);
  read_grace_period(body, request);
  read_snapshot(body, request);
  if (body.fields.problem()) return JsonProblem{*body.fields.problem()};
  return request;
}

}  // namespace orrery::neolink
