#pragma once

#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/string.hpp>

namespace orrery {

/// An answer as it came over the wire.
struct WireAnswer {
  unsigned status = 0;
  std::string head;
  std::string body;

  std::string header(std::string_view name) const {
    std::size_t line = head.find("\r\n");
    while (line != std::string::npos) {
      line += 2;
      const auto end = head.find("\r\n", line);
      const auto text = std::string_view(head).substr(line, end - line);
      const auto colon = text.find(": ");
      if (colon != std::string_view::npos && boost::beast::iequals(text.substr(0, colon), name))
        return std::string(text.substr(colon + 2));
      line = end;
    }
    return {};
  }
};

/// A client that sends any bytes, however wrong, and reads answers strictly. A read that gets
/// nothing for ten seconds gives up, so a test that fails doesn't hang.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(context_) {
    socket_.connect({boost::asio::ip::make_address("127.0.0.1"), port});
    socket_.set_option(boost::asio::ip::tcp::no_delay(true));
    const timeval patience{10, 0};
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }

  /// False where the server has closed.
  bool send(std::string_view bytes) {
    boost::system::error_code error;
    boost::asio::write(socket_, boost::asio::buffer(bytes), error);
    return !error;
  }

  /// The next answer; status 0 where the connection ended first.
  WireAnswer answer(bool without_body = false) {
    WireAnswer answer;
    std::size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos)
      if (!receive()) return answer;
    answer.head = received_.substr(0, end + 2);
    received_.erase(0, end + 4);
    answer.status = static_cast<unsigned>(std::stoi(answer.head.substr(9, 3)));
    if (without_body || answer.status == 204 || answer.status / 100 == 1) return answer;
    const auto length = answer.header("Content-Length");
    const auto size = length.empty() ? 0 : std::stoul(length);
    while (received_.size() < size)
      if (!receive()) break;
    answer.body = received_.substr(0, size);
    received_.erase(0, size);
    return answer;
  }

  WireAnswer ask(std::string_view bytes) {
    send(bytes);
    return answer();
  }

  /// Reads until what has come holds `text`; what has come either way.
  const std::string& read_until(std::string_view text) {
    while (received_.find(text) == std::string::npos)
      if (!receive()) break;
    return received_;
  }

  /// Whether the server ends the connection without sending anything more.
  bool is_closed() {
    while (receive()) {
    }
    return ended_ && received_.empty();
  }

  /// False where nothing more comes.
  bool receive_more() { return receive(); }

  std::string& received() { return received_; }
  boost::asio::ip::tcp::socket& socket() { return socket_; }

 private:
  bool receive() {
    char bytes[16 * 1024];
    const auto size = ::recv(socket_.native_handle(), bytes, sizeof bytes, 0);
    if (size > 0) received_.append(bytes, static_cast<std::size_t>(size));
    if (size == 0 || (size < 0 && errno == ECONNRESET)) ended_ = true;
    return size > 0;
  }

  boost::asio::io_context context_;
  boost::asio::ip::tcp::socket socket_;
  std::string received_;
  bool ended_ = false;
};

inline std::string get(std::string_view target, std::string_view headers = "") {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n";
}

}  // namespace orrery
