#include "http/server/status.hpp"

#include <ostream>

#include <boost/beast/http/status.hpp>

namespace orrery {

std::string_view reason(unsigned status) {
  const auto known = boost::beast::http::int_to_status(status);
  const auto text = boost::beast::http::obsolete_reason(known);
  return {text.data(), text.size()};
}

}  // namespace orrery
