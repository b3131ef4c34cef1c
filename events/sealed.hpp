#pragma once

#include <string>

#include <boost/describe.hpp>

namespace orrery {

/// Personal data inside an event: XChaCha20-Poly1305 ciphertext under the key of one person (DESIGN
/// §3). Erasing that person's key makes it unreadable for good, while every hash of the log still
/// verifies.
struct Sealed {
  /// Whose key opens it: an account id. Empty where nothing is sealed.
  std::string subject;
  /// Nonce (24 bytes), then ciphertext with its tag.
  std::string box;

  bool operator==(const Sealed&) const = default;
  BOOST_DESCRIBE_CLASS(Sealed, (), (subject, box), (), ())
};

}  // namespace orrery
