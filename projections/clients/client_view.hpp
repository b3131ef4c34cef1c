#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/client_events.hpp"
#include "events/envelope.hpp"
#include "projections/runtime/view.hpp"

namespace orrery {

/// A person of the marketplace as he is now. What is sealed stays so: whoever shows it opens it.
struct MarketClient {
  /// Stream: client/<id>; decimal.
  std::string id;
  ClientNames names;
  ClientDetails details;
  Sealed ip;
  /// Empty: no password fits.
  std::string password_hash;
  ClientRole role = ClientRole::user;
  /// Signed in, the one that did first, first.
  std::vector<ClientSignedIn> devices;
  bool email_is_verified = false;
  bool is_provider_approved = false;
  /// When he got the role of a provider for the first time.
  std::optional<Time> provider_since;
  Time registered_at{};

  bool operator==(const MarketClient&) const = default;
  BOOST_DESCRIBE_CLASS(MarketClient, (),
                       (id, names, details, ip, password_hash, role, devices, email_is_verified,
                        is_provider_approved, provider_since, registered_at),
                       (), ())
};

/// Whose key seals what is personal of this client: "client-<id>".
std::string client_subject(std::string_view client_id);

/// Who registered how: what a request that may come again has led to.
struct ClientOfRequest {
  std::string id;
  /// Of the request.
  std::string digest;

  BOOST_DESCRIBE_CLASS(ClientOfRequest, (), (id, digest), (), ())
};

/// The people of the marketplace: those who have their names and aren't erased. Any thread.
class ClientView : public View {
 public:
  /// Immutable and shared; a change makes a new one.
  using Client = std::shared_ptr<const MarketClient>;
  /// SHA-256 of a token, raw.
  using Digest = std::array<std::uint8_t, 32>;

  ClientView();
  ~ClientView() override;

  /// Null where there is none. These three are the hot path of every request: no allocation.
  Client find(std::string_view id) const;
  Client by_username(std::string_view username_key) const;
  Client by_email(std::string_view email_key) const;

  /// Whom a token acts for, and on which device.
  struct Device {
    Client client;
    std::string device_id;
  };
  std::optional<Device> by_token(const Digest& token_digest) const;

  /// In the order of their ids.
  std::vector<Client> list() const;

  /// The largest number that was ever given to a client, whatever became of him; 0 at first.
  std::uint64_t largest_id() const;
  /// Nothing where the request came to nothing: its names were refused, or its client is erased.
  std::optional<ClientOfRequest> of_request(std::string_view request_id) const;
  /// Ids of those who were erased, or were refused their first names: nobody opens what was sealed
  /// for them any more. To be sure that their keys are gone.
  std::vector<std::string> erased() const;

  std::string_view name() const override { return "clients"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<ClientView>(); }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery
