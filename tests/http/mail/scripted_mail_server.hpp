#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include "tests/http/server/self_signed.hpp"

namespace orrery {

/// A mail as the mail server has received it.
struct ReceivedMail {
  std::string from;
  std::string to;
  /// Headers and text.
  std::string message;
};

/// A mail server on loopback that takes every mail, one connection after the other; or says what
/// its script says to the n-th command "DATA" (from 1): "" to take it.
class ScriptedMailServer {
 public:
  using Script = std::function<std::string(unsigned attempt)>;

  explicit ScriptedMailServer(Script script = {}, const SelfSigned* certificate = nullptr)
      : script_(std::move(script)) {
    if (certificate) {
      tls_.emplace(boost::asio::ssl::context::tls_server);
      tls_->use_certificate_chain_file(certificate->files().certificate_file);
      tls_->use_private_key_file(certificate->files().key_file, boost::asio::ssl::context::pem);
    }
    thread_ = std::thread([this] { serve(); });
  }

  ~ScriptedMailServer() {
    {
      const std::scoped_lock lock(mutex_);
      is_stopping_ = true;
      if (open_ >= 0) ::shutdown(open_, SHUT_RDWR);
    }
    boost::system::error_code ignored;
    // What waits in accept is woken by a last connection.
    boost::asio::io_context context;
    boost::asio::ip::tcp::socket(context).connect({boost::asio::ip::address_v4::loopback(), port()},
                                                  ignored);
    thread_.join();
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  std::string url() const {
    return fmt::format("{}://localhost:{}", tls_ ? "smtps" : "smtp", port());
  }

  /// Waits for so many mails; fewer where they don't come within ten seconds.
  std::vector<ReceivedMail> await(std::size_t count) {
    std::unique_lock lock(mutex_);
    came_.wait_for(lock, std::chrono::seconds(10), [&] { return mails_.size() >= count; });
    return mails_;
  }
  unsigned attempt_count() const {
    const std::scoped_lock lock(mutex_);
    return attempt_count_;
  }

 private:
  using Socket = boost::asio::ip::tcp::socket;

  void serve() {
    for (;;) {
      boost::system::error_code error;
      Socket socket(context_);
      acceptor_.accept(socket, error);
      {
        const std::scoped_lock lock(mutex_);
        if (is_stopping_ || error) return;
        open_ = socket.native_handle();
      }
      if (tls_) {
        boost::asio::ssl::stream<Socket&> stream(socket, *tls_);
        stream.handshake(boost::asio::ssl::stream_base::server, error);
        if (!error) talk(stream);
      } else {
        talk(socket);
      }
      const std::scoped_lock lock(mutex_);
      open_ = -1;
    }
  }

  template <class Stream>
  void talk(Stream& stream) {
    std::string received;
    boost::system::error_code error;
    const auto line_until = [&](std::string_view end) {
      const auto size = boost::asio::read_until(stream, boost::asio::dynamic_buffer(received),
                                                std::string(end), error);
      auto line = received.substr(0, error ? 0 : size - end.size());
      received.erase(0, error ? 0 : size);
      return line;
    };
    const auto say = [&](std::string_view line) {
      boost::asio::write(stream, boost::asio::buffer(fmt::format("{}\r\n", line)), error);
    };
    ReceivedMail mail;
    say("220 scripted");
    while (!error) {
      const auto line = line_until("\r\n");
      if (error) return;
      if (line.starts_with("MAIL FROM:")) mail.from = line.substr(10);
      if (line.starts_with("RCPT TO:")) mail.to = line.substr(8);
      if (line != "DATA") {
        say(line == "QUIT" ? "221 bye" : "250 fine");
        continue;
      }
      if (const auto refusal = next_answer(); !refusal.empty()) {
        say(refusal);
        continue;
      }
      say("354 go on");
      mail.message = line_until("\r\n.\r\n");
      say("250 taken");
      keep(mail);
    }
  }

  std::string next_answer() {
    const std::scoped_lock lock(mutex_);
    ++attempt_count_;
    return script_ ? script_(attempt_count_) : std::string();
  }

  void keep(const ReceivedMail& mail) {
    const std::scoped_lock lock(mutex_);
    mails_.push_back(mail);
    came_.notify_all();
  }

  Script script_;
  std::optional<boost::asio::ssl::context> tls_;
  boost::asio::io_context context_;
  boost::asio::ip::tcp::acceptor acceptor_{context_, {boost::asio::ip::address_v4::loopback(), 0}};
  mutable std::mutex mutex_;
  std::condition_variable came_;
  std::vector<ReceivedMail> mails_;
  unsigned attempt_count_ = 0;
  int open_ = -1;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace orrery
