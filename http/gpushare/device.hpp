#pragma once

#include <functional>
#include <optional>
#include <string>

#include <boost/system/result.hpp>

#include "http/gpushare/route_table.hpp"

namespace orrery::gpushare {

/// A device that is to act for a client.
struct DeviceWish {
  std::string client_id;
  /// Drawn from the request's identity: the same request opens the same device.
  std::string device_id;
  /// For tracing.
  std::string correlation;
  /// The password that was right; where the client has another by now, no device is opened. Absent
  /// where nobody was asked for one.
  std::optional<std::string> password_hash = {};
};

struct OpenedDevice {
  ClientView::Client client;
  std::string device_id;
  std::string token;
};

/// Signs the client in on one more device. `done` is called once, on another thread; with 401 where
/// the client is gone or his password has changed meanwhile, 503 where nothing can be changed.
void open_device(const Context& context, DeviceWish wish,
                 std::function<void(boost::system::result<OpenedDevice, Refusal>)> done);

/// What signing in and registering are answered with: 201, with `message`, `token`, `user_id`,
/// `device_token` and what the person is called.
Response session_answer(const GpushareContext& context, const OpenedDevice& opened,
                        std::string_view message);

/// 201 `{"message":"…"}`.
Response said(std::string_view message);

}  // namespace orrery::gpushare
