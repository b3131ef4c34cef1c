#include "http/gpushare/rows.hpp"

#include <charconv>
#include <chrono>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "http/gpushare/python_text.hpp"
#include "http/json/timestamp.hpp"
#include "projections/clients/client_view.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::gpushare {

std::string row_id(std::string_view segment) {
  const auto number = integer_of(segment);
  return number ? fmt::format("{}", *number) : std::string();
}

std::function<bool(std::string_view id)> nameable_clients(const GpushareContext& context,
                                                          Operation operation,
                                                          const Caller& caller) {
  return [&context, operation, &caller](std::string_view id) {
    return access_to(operation, caller, id) == Access::allowed && context.clients->find(id);
  };
}

std::optional<boost::json::value> opened(const GpushareContext& context, const Sealed& sealed) {
  if (sealed.subject.empty()) return boost::json::value(nullptr);
  const auto text = context.subject_keys->open(sealed);
  if (!text) return std::nullopt;
  return boost::json::value(*text);
}

boost::json::value number_json(std::string_view id) {
  std::uint64_t number = 0;
  std::from_chars(id.data(), id.data() + id.size(), number);
  return number;
}

std::string time_text(Time time) {
  using std::chrono::floor;
  using std::chrono::microseconds;
  using std::chrono::seconds;
  auto text = rfc3339_seconds(time);
  const auto fraction =
      std::chrono::duration_cast<microseconds>(time - floor<seconds>(time)).count();
  if (fraction != 0) text.insert(text.size() - 1, fmt::format(".{:06}", fraction));
  return text;
}

Response answer(unsigned status, const boost::json::value& body) {
  Response response;
  response.status = status;
  response.body = boost::json::serialize(body);
  return response;
}

Response nothing() {
  Response response;
  response.status = 204;
  return response;
}

}  // namespace orrery::gpushare
