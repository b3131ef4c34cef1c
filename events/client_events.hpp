#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include <boost/describe.hpp>

#include "events/sealed.hpp"

namespace orrery {

/// What a person may do in the marketplace; more with each.
BOOST_DEFINE_FIXED_ENUM_CLASS(ClientRole, std::uint8_t, user, gpu_provider, admin)

/// The two names by which a person signs in; nobody else has either.
BOOST_DEFINE_FIXED_ENUM_CLASS(ClientNameKind, std::uint8_t, username, email)

/// What a person is called. Both are sealed for the person's key; what makes them unique is a keyed
/// digest of each, under which it is claimed (handle/<key>).
struct ClientNames {
  Sealed username;
  Sealed email;
  /// Ids of the handles: of a username as it is, of a mail address in lower case.
  std::string username_key;
  std::string email_key;

  bool operator==(const ClientNames&) const = default;
  BOOST_DESCRIBE_CLASS(ClientNames, (), (username, email, username_key, email_key), (), ())
};

/// What a person tells about himself. A `Sealed` without a subject where he doesn't.
struct ClientDetails {
  Sealed phone_no;
  /// Number of a picture.
  std::uint16_t user_image = 0;
  std::optional<bool> terms_accepted;
  Sealed profile_image_url;

  bool operator==(const ClientDetails&) const = default;
  BOOST_DESCRIBE_CLASS(ClientDetails, (), (phone_no, user_image, terms_accepted, profile_image_url),
                       (), ())
};

/// A person of the GPU marketplace. Stream: client/<id>; the id is a decimal number that is never
/// given again, and the person's key is that of the subject "client-<id>". Who registers waits for
/// his names.
struct ClientRegistered {
  ClientNames names;
  ClientDetails details;
  /// Address from which the person registered.
  Sealed ip;
  /// argon2id in libsodium's string form; empty for who has none (yet).
  std::string password_hash;
  ClientRole role = ClientRole::user;
  /// Names the request, so that one that is sent again makes no second client.
  std::string request_id;
  /// Of the request (a keyed digest); empty where it can't come again.
  std::string request_digest;

  bool operator==(const ClientRegistered&) const = default;
  BOOST_DESCRIBE_CLASS(ClientRegistered, (),
                       (names, details, ip, password_hash, role, request_id, request_digest), (),
                       ())
};

/// The client wants to be called otherwise, and keeps his names until he may.
struct ClientNamesRequested {
  ClientNames names;

  bool operator==(const ClientNamesRequested&) const = default;
  BOOST_DESCRIBE_CLASS(ClientNamesRequested, (), (names), (), ())
};

/// The names that were asked for are the client's; the first ones make him a client. Of another
/// mail address nobody has proved yet that he reads it.
struct ClientNamesGranted {
  bool operator==(const ClientNamesGranted&) const = default;
  BOOST_DESCRIBE_CLASS(ClientNamesGranted, (), (), (), ())
};

/// One of the names is somebody else's. Who has none yet is no client, and never becomes one.
struct ClientNamesRefused {
  ClientNameKind taken = ClientNameKind::username;

  bool operator==(const ClientNamesRefused&) const = default;
  BOOST_DESCRIBE_CLASS(ClientNamesRefused, (), (taken), (), ())
};

struct ClientDetailsChanged {
  ClientDetails details;

  bool operator==(const ClientDetailsChanged&) const = default;
  BOOST_DESCRIBE_CLASS(ClientDetailsChanged, (), (details), (), ())
};

/// Every device is signed out with it.
struct ClientPasswordChanged {
  /// Empty: nobody signs in by password any more.
  std::string password_hash;

  bool operator==(const ClientPasswordChanged&) const = default;
  BOOST_DESCRIBE_CLASS(ClientPasswordChanged, (), (password_hash), (), ())
};

/// Somebody has proved that he reads the client's mail.
struct ClientEmailVerified {
  bool operator==(const ClientEmailVerified&) const = default;
  BOOST_DESCRIBE_CLASS(ClientEmailVerified, (), (), (), ())
};

/// A device may act for the client, with a token that follows from the device's id.
struct ClientSignedIn {
  std::string device_id;
  /// SHA-256 of the token, 32 raw bytes.
  std::string token_digest;

  bool operator==(const ClientSignedIn&) const = default;
  BOOST_DESCRIBE_CLASS(ClientSignedIn, (), (device_id, token_digest), (), ())
};

struct ClientSignedOut {
  std::string device_id;

  bool operator==(const ClientSignedOut&) const = default;
  BOOST_DESCRIBE_CLASS(ClientSignedOut, (), (device_id), (), ())
};

struct ClientRoleChanged {
  ClientRole role = ClientRole::user;

  bool operator==(const ClientRoleChanged&) const = default;
  BOOST_DESCRIBE_CLASS(ClientRoleChanged, (), (role), (), ())
};

/// The client offers GPUs, or wants to: a user has the role of a provider from now on. His nodes
/// get work once he is approved.
struct ClientBecameProvider {
  bool operator==(const ClientBecameProvider&) const = default;
  BOOST_DESCRIBE_CLASS(ClientBecameProvider, (), (), (), ())
};

struct ClientProviderApproved {
  bool operator==(const ClientProviderApproved&) const = default;
  BOOST_DESCRIBE_CLASS(ClientProviderApproved, (), (), (), ())
};

/// The approval is taken back.
struct ClientProviderSuspended {
  bool operator==(const ClientProviderSuspended&) const = default;
  BOOST_DESCRIBE_CLASS(ClientProviderSuspended, (), (), (), ())
};

/// The client is gone, and so is his key: nothing of him can be read any more.
struct ClientErased {
  bool operator==(const ClientErased&) const = default;
  BOOST_DESCRIBE_CLASS(ClientErased, (), (), (), ())
};

using ClientEvent =
    std::variant<ClientRegistered, ClientNamesRequested, ClientNamesGranted, ClientNamesRefused,
                 ClientDetailsChanged, ClientPasswordChanged, ClientEmailVerified, ClientSignedIn,
                 ClientSignedOut, ClientRoleChanged, ClientBecameProvider, ClientProviderApproved,
                 ClientProviderSuspended, ClientErased>;

/// A name is one client's alone from now on. Stream: handle/<keyed digest of the name>.
struct HandleClaimed {
  std::string client_id;

  bool operator==(const HandleClaimed&) const = default;
  BOOST_DESCRIBE_CLASS(HandleClaimed, (), (client_id), (), ())
};

struct HandleReleased {
  std::string client_id;

  bool operator==(const HandleReleased&) const = default;
  BOOST_DESCRIBE_CLASS(HandleReleased, (), (client_id), (), ())
};

using HandleEvent = std::variant<HandleClaimed, HandleReleased>;

}  // namespace orrery
