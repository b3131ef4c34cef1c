#include "http/server/stream_session.hpp"

namespace orrery {

std::shared_ptr<Session> make_session(Socket socket, EdgeContext& edge) {
  return std::make_shared<StreamSession<Socket>>(edge, std::move(socket));
}

}  // namespace orrery
