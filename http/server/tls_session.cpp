#include "http/server/stream_session.hpp"

namespace orrery {

std::shared_ptr<Session> make_tls_session(Socket socket, boost::asio::ssl::context& tls,
                                          EdgeContext& edge) {
  using TlsStream = boost::asio::ssl::stream<Socket>;
  return std::make_shared<StreamSession<TlsStream>>(edge, TlsStream(std::move(socket), tls));
}

}  // namespace orrery
