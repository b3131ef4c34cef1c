#include <catch2/catch.hpp>

#include <boost/asio/ssl/stream.hpp>

#include "tests/http/server/edge_fixture.hpp"
#include "tests/http/server/raw_client.hpp"
#include "tests/http/server/self_signed.hpp"

using namespace orrery;
namespace asio = boost::asio;

namespace {

struct TlsClient {
  explicit TlsClient(std::uint16_t port) {
    stream.next_layer().connect({asio::ip::make_address("127.0.0.1"), port});
    stream.handshake(asio::ssl::stream_base::client);
  }

  /// Reads until the server ends the connection.
  std::string ask_all(std::string_view requests) {
    asio::write(stream, asio::buffer(requests));
    std::string received;
    boost::system::error_code error;
    asio::read(stream, asio::dynamic_buffer(received), error);
    clean_end = error == asio::error::eof;
    return received;
  }

  asio::io_context context;
  asio::ssl::context tls{asio::ssl::context::tls_client};
  asio::ssl::stream<asio::ip::tcp::socket> stream{context, tls};
  bool clean_end = false;
};

}  // namespace

TEST_CASE("the same is served over TLS, and its end is told") {
  const SelfSigned certificate;
  HttpServer server({.address = "127.0.0.1",
                     .port = 0,
                     .threads = 1,
                     .limits = {},
                     .tls = certificate.files(),
                     .metrics = {}},
                    edge_router());
  server.start();
  TlsClient client(server.port());
  const auto received =
      client.ask_all(get("/hello") + get("/large") + get("/path/last", "Connection: close\r\n"));
  CHECK(received.find("hello") != std::string::npos);
  CHECK(received.find(std::string(300'000, 'x')) != std::string::npos);
  CHECK(received.ends_with("last?"));
  CHECK(client.clean_end);
}

TEST_CASE("a client without TLS is not answered by a server with it") {
  const SelfSigned certificate;
  HttpServer server({.address = "127.0.0.1",
                     .port = 0,
                     .threads = 1,
                     .limits = {},
                     .tls = certificate.files(),
                     .metrics = {}},
                    edge_router());
  server.start();
  RawClient client(server.port());
  CHECK(client.ask(get("/hello")).status == 0);
}

TEST_CASE("a certificate that isn't there is an error at the start") {
  HttpServer server({.address = "127.0.0.1",
                     .port = 0,
                     .threads = 1,
                     .limits = {},
                     .tls = TlsFiles{"/nowhere/certificate.pem", "/nowhere/key.pem"},
                     .metrics = {}},
                    edge_router());
  CHECK_THROWS_AS(server.start(), boost::system::system_error);
}
