#include "cli/feed_client.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/parse.hpp>
#include <boost/url/parse.hpp>

namespace orrery {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace json = boost::json;

std::string text_member(const json::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  const auto* text = member ? member->if_string() : nullptr;
  return text ? std::string(*text) : std::string();
}

FeedFailure refused(const http::response<http::buffer_body>& response) {
  const auto status = response.result_int();
  if (status == 401 || status == 403 || status == 404)
    return {
        fmt::format("the server answers {}: the feed wants an operator's key (--token)", status)};
  return {fmt::format("the server answers {}", status)};
}

http::request<http::empty_body> feed_request(const FeedAddress& address, std::string_view host,
                                             Position from) {
  const auto target = from == 0 ? std::string("/orrery/v1/events?from=now")
                                : fmt::format("/orrery/v1/events?from={}", from);
  http::request<http::empty_body> request(http::verb::get, target, 11);
  request.set(http::field::host, host);
  request.set(http::field::accept, "text/event-stream");
  if (!address.token.empty()) request.set(http::field::authorization, "Bearer " + address.token);
  return request;
}

/// Reads the body piece by piece: it has no end of its own.
void read_body(asio::ip::tcp::socket& socket, boost::beast::flat_buffer& buffer,
               http::response_parser<http::buffer_body>& parser,
               const std::function<void(std::string_view json)>& take,
               boost::system::error_code& failure) {
  ServerSentEvents events;
  std::array<char, 16384> piece;
  while (!parser.is_done()) {
    parser.get().body().data = piece.data();
    parser.get().body().size = piece.size();
    http::read_some(socket, buffer, parser, failure);
    if (failure == http::error::need_buffer) failure = {};
    events.feed({piece.data(), piece.size() - parser.get().body().size}, take);
    if (failure) return;
  }
}

}  // namespace

void throw_exception_from_error(const FeedFailure& failure, const boost::source_location&) {
  throw std::runtime_error(failure.message);
}

FeedAddress address_of_dev_server(const std::string& data) {
  std::ifstream file(std::filesystem::path(data) / "dev-credentials.json");
  std::ostringstream text;
  text << file.rdbuf();
  json::error_code failure;
  const auto credentials = json::parse(text.str(), failure);
  if (failure || !credentials.is_object()) return {};
  const auto* orrery = credentials.as_object().if_contains("orrery");
  if (!orrery || !orrery->is_object()) return {};
  return {text_member(orrery->as_object(), "url"),
          text_member(orrery->as_object(), "operator_key")};
}

void ServerSentEvents::feed(std::string_view bytes,
                            const std::function<void(std::string_view data)>& take) {
  for (const auto byte : bytes) {
    if (byte == '\n')
      end_line(take);
    else if (byte != '\r')
      line_.push_back(byte);
  }
}

void ServerSentEvents::end_line(const std::function<void(std::string_view data)>& take) {
  constexpr std::string_view data_field = "data:";
  if (line_.empty()) {  // The end of an event; comments alone make none.
    if (!data_.empty()) take(data_);
    data_.clear();
  } else if (line_.starts_with(data_field)) {
    std::string_view value(line_);
    value.remove_prefix(data_field.size());
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (!data_.empty()) data_.push_back('\n');
    data_.append(value);
  }
  line_.clear();
}

boost::system::result<void, FeedFailure> follow_feed(
    const FeedAddress& address, Position from,
    const std::function<void(std::string_view json)>& take) {
  const auto url = boost::urls::parse_uri(address.url);
  if (!url || url->scheme() != "http")
    return FeedFailure{fmt::format("\"{}\" isn't an http:// address", address.url)};
  const std::string host(url->host_address());
  const std::string port = url->has_port() ? std::string(url->port()) : "80";

  asio::io_context context;
  asio::ip::tcp::socket socket(context);
  boost::system::error_code failure;
  const auto endpoints = asio::ip::tcp::resolver(context).resolve(host, port, failure);
  if (!failure) asio::connect(socket, endpoints, failure);
  if (failure)
    return FeedFailure{fmt::format("no server answers at {}: {}", address.url, failure.message())};

  http::write(socket, feed_request(address, host, from), failure);
  boost::beast::flat_buffer buffer;
  http::response_parser<http::buffer_body> parser;
  parser.body_limit(boost::none);
  if (!failure) http::read_header(socket, buffer, parser, failure);
  if (failure) return FeedFailure{failure.message()};
  if (parser.get().result() != http::status::ok) return refused(parser.get());
  read_body(socket, buffer, parser, take, failure);
  if (failure && failure != http::error::end_of_stream && failure != asio::error::eof)
    return FeedFailure{failure.message()};
  return {};
}

}  // namespace orrery
