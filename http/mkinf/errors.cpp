#include "http/mkinf/errors.hpp"

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace orrery::mkinf {

Response error(unsigned status, std::string_view code, std::string_view message) {
  Response response;
  response.status = status;
  response.body = boost::json::serialize(
      boost::json::object{{"status", status}, {"code", code}, {"message", message}});
  return response;
}

Response bad_request(std::string_view message) { return error(400, "bad_request", message); }

Response unauthorized() {
  auto response = error(401, "bad_credential", "Unauthorized");
  response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

Response not_found(std::string_view what) {
  return error(404, "not_found", fmt::format("{} not found", what));
}

Response unavailable() {
  auto response = error(503, "unavailable", "Nothing can be changed now, try again later");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

Response from_fault(const Fault& fault) {
  if (fault.status == 404) return error(501, "not_implemented", "Route not found");
  return error(fault.status, fault.code, fault.message);
}

}  // namespace orrery::mkinf
