#include "http/aifactory/log_text.hpp"

#include <fmt/format.h>
#include <simdjson.h>
#include <boost/locale/utf.hpp>

#include "http/aifactory/service_json.hpp"
#include "http/aifactory/service_logs.hpp"
#include "projections/services/service_details.hpp"

namespace orrery::aifactory {

namespace {

/// The recipe's own name: what stands before "-<id>" in the service's.
std::string_view recipe_name_of(const ServiceDetails& service) {
  std::string_view name = service.specification().name;
  const auto suffix = "-" + service.id;
  if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
  return name;
}

std::string stream_text(const ServiceDetails& service, std::string_view stream,
                        std::string_view suffix, const std::optional<std::string>& bytes) {
  auto text =
      fmt::format("=== {} ({}_{}.{}) ===\n", stream, recipe_name_of(service), service.id, suffix);
  text += bytes ? readable_text(*bytes) : fmt::format("{} log not yet available", stream);
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

}  // namespace

std::string readable_text(std::string_view bytes) {
  if (simdjson::validate_utf8(bytes.data(), bytes.size())) return std::string(bytes);
  std::string text;
  const auto* const end = bytes.data() + bytes.size();
  for (const auto* at = bytes.data(); at != end;) {
    const auto* const start = at;
    const auto letter = boost::locale::utf::utf_traits<char>::decode(at, end);
    if (boost::locale::utf::is_valid_codepoint(letter))
      text.append(start, at);
    else
      at = start + 1;  // What follows may be a letter again.
  }
  return text;
}

std::string log_text(const ServiceDetails& service, const ServiceLogs* logs,
                     std::size_t bytes_max) {
  const auto output = logs ? logs->output_of(service, bytes_max) : ServiceOutput{};
  auto text = fmt::format("{}\n{}", stream_text(service, "STDOUT", "out", output.out),
                          stream_text(service, "STDERR", "err", output.err));
  if (!service.reason.empty())
    text += fmt::format("\n=== STATUS ===\n{}: {}\n", status_name(service), service.reason);
  return text;
}

}  // namespace orrery::aifactory
