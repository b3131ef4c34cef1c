#pragma once

#include <memory>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/intrusive/list.hpp>

#include "http/server/edge_context.hpp"

namespace orrery {

/// A socket whose executor is concrete: a type-erased one costs a fifth of the requests.
using Socket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

/// One connection, as its worker sees it. It keeps itself alive until it is closed, and lives on
/// its worker's thread. In the worker's list for as long as it is open.
class Session : public boost::intrusive::list_base_hook<
                    boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  virtual ~Session() = default;

  virtual void start() = 0;
  /// Answers 503 and closes: there are too many connections.
  virtual void refuse() = 0;
  /// Looks at the deadline. Called with each tick of the worker.
  virtual void tick() = 0;
  /// Closes if idle; ends a stream. `EdgeContext::draining` sees to the rest.
  virtual void drain() = 0;
  /// Closes at once.
  virtual void close() = 0;
};

using SessionList = boost::intrusive::list<Session, boost::intrusive::constant_time_size<false>>;

std::shared_ptr<Session> make_session(Socket socket, EdgeContext& edge);
std::shared_ptr<Session> make_tls_session(Socket socket, boost::asio::ssl::context& tls,
                                          EdgeContext& edge);

}  // namespace orrery
