#include "cli/admin_client.hpp"

#include <cstdint>
#include <stdexcept>

#include <fmt/format.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/url/parse.hpp>

namespace orrery {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

using Request = http::request<http::string_body>;
using Result = boost::system::result<AdminAnswer, AdminFailure>;

/// Three hundred thousand jobs of the center's list.
constexpr std::uint64_t answer_bytes_max = std::uint64_t{1} << 30;

template <class Stream>
Result talk(Stream& stream, const Request& request) {
  boost::system::error_code failure;
  http::write(stream, request, failure);
  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(answer_bytes_max);
  if (!failure) http::read(stream, buffer, parser, failure);
  if (failure) return AdminFailure{fmt::format("the server gave no answer: {}", failure.message())};
  return AdminAnswer{parser.get().result_int(), std::move(parser.get().body())};
}

Result talk_over_tls(asio::ip::tcp::socket& socket, const std::string& host,
                     const Request& request) {
  asio::ssl::context tls(asio::ssl::context::tls_client);
  tls.set_default_verify_paths();
  tls.set_verify_mode(asio::ssl::verify_peer);
  asio::ssl::stream<asio::ip::tcp::socket&> stream(socket, tls);
  SSL_set_tlsext_host_name(stream.native_handle(), host.c_str());
  stream.set_verify_callback(asio::ssl::host_name_verification(host));
  boost::system::error_code failure;
  stream.handshake(asio::ssl::stream_base::client, failure);
  if (failure)
    return AdminFailure{
        fmt::format("TLS with {} fails: {} (SSL_CERT_FILE may name a certificate to trust)", host,
                    failure.message())};
  return talk(stream, request);
}

}  // namespace

void throw_exception_from_error(const AdminFailure& failure, const boost::source_location&) {
  throw std::runtime_error(failure.message);
}

Result ask(const AdminServer& server, std::string_view method, std::string_view target,
           std::string body) {
  const auto url = boost::urls::parse_uri(server.url);
  if (!url || (url->scheme() != "http" && url->scheme() != "https"))
    return AdminFailure{fmt::format("\"{}\" is no http:// or https:// address", server.url)};
  const bool secure = url->scheme() == "https";
  const std::string host(url->host_address());
  const std::string port = url->has_port() ? std::string(url->port()) : secure ? "443" : "80";

  asio::io_context context;
  asio::ip::tcp::socket socket(context);
  boost::system::error_code failure;
  const auto endpoints = asio::ip::tcp::resolver(context).resolve(host, port, failure);
  if (!failure) asio::connect(socket, endpoints, failure);
  if (failure)
    return AdminFailure{
        fmt::format("no server answers at {} ({}): start one with `orrery serve`, or say where it "
                    "is with --url or ORRERY_URL",
                    server.url, failure.message())};
  Request request(http::string_to_verb({method.data(), method.size()}),
                  {target.data(), target.size()}, 11);
  request.set(http::field::host, std::string(url->encoded_host_and_port()));
  request.set(http::field::connection, "close");
  if (!server.key.empty()) request.set(http::field::authorization, "Bearer " + server.key);
  if (!body.empty()) request.set(http::field::content_type, "application/json");
  request.body() = std::move(body);
  if (method != "GET") request.prepare_payload();
  return secure ? talk_over_tls(socket, host, request) : talk(socket, request);
}

}  // namespace orrery
