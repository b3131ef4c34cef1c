#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

#include "events/envelope.hpp"

namespace orrery {

/// Where a running server's feed is, and what opens it.
struct FeedAddress {
  /// "http://127.0.0.1:8080".
  std::string url;
  /// An operator's key.
  std::string token;
};

struct FeedFailure {
  std::string message;
};
[[noreturn]] void throw_exception_from_error(const FeedFailure& failure,
                                             const boost::source_location& location);

/// The "orrery" object of the dev-credentials.json that `serve --dev` writes into `data`; empty
/// where there is none.
FeedAddress address_of_dev_server(const std::string& data);

/// Takes server-sent events apart, however the bytes come in.
class ServerSentEvents {
 public:
  /// Calls `take` with the data of every event that is complete.
  void feed(std::string_view bytes, const std::function<void(std::string_view data)>& take);

 private:
  void end_line(const std::function<void(std::string_view data)>& take);

  std::string line_;
  std::string data_;
};

/// Follows GET /orrery/v1/events as server-sent events and hands each event's JSON to `take`, from
/// position `from` on (0: what comes from now on), until the server ends the stream.
boost::system::result<void, FeedFailure> follow_feed(
    const FeedAddress& address, Position from,
    const std::function<void(std::string_view json)>& take);

}  // namespace orrery
