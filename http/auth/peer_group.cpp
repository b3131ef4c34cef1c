#include "http/auth/peer_group.hpp"

#include <boost/asio/ip/address.hpp>

namespace orrery {

std::string peer_group(std::string_view text) {
  boost::system::error_code no_address;
  const auto address = boost::asio::ip::make_address(text, no_address);
  if (no_address || address.is_v4()) return std::string(text);
  const auto whole = address.to_v6();
  if (whole.is_v4_mapped())
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, whole).to_string();
  auto bytes = whole.to_bytes();
  for (std::size_t i = 8; i < bytes.size(); ++i) bytes[i] = 0;
  return boost::asio::ip::address_v6(bytes).to_string() + "/64";
}

}  // namespace orrery
