#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include <boost/describe.hpp>

#include "events/sealed.hpp"

namespace orrery {

/// A customer. Stream: organization/<id>.
struct OrganizationCreated {
  std::string name;
  /// The payment provider's id of the customer.
  std::string stripe_customer_id;

  bool operator==(const OrganizationCreated&) const = default;
  BOOST_DESCRIBE_CLASS(OrganizationCreated, (), (name, stripe_customer_id), (), ())
};

/// A project of an organization; what it owns nobody else sees. Stream: project/<id>.
struct ProjectCreated {
  std::string organization_id;
  std::string name;

  bool operator==(const ProjectCreated&) const = default;
  BOOST_DESCRIBE_CLASS(ProjectCreated, (), (organization_id, name), (), ())
};

BOOST_DEFINE_FIXED_ENUM_CLASS(MemberRole, std::uint8_t, member, admin)

/// A person who can sign in. Stream: account/<id>, where the id is the keyed digest of the mail
/// address, so that no address is registered twice.
struct AccountRegistered {
  Sealed email;
  /// argon2id in libsodium's string form.
  std::string password_hash;

  bool operator==(const AccountRegistered&) const = default;
  BOOST_DESCRIBE_CLASS(AccountRegistered, (), (email, password_hash), (), ())
};

struct AccountJoinedOrganization {
  std::string organization_id;
  MemberRole role = MemberRole::member;

  bool operator==(const AccountJoinedOrganization&) const = default;
  BOOST_DESCRIBE_CLASS(AccountJoinedOrganization, (), (organization_id, role), (), ())
};

struct AccountPasswordChanged {
  std::string password_hash;

  bool operator==(const AccountPasswordChanged&) const = default;
  BOOST_DESCRIBE_CLASS(AccountPasswordChanged, (), (password_hash), (), ())
};

struct AccountDisabled {
  bool operator==(const AccountDisabled&) const = default;
  BOOST_DESCRIBE_CLASS(AccountDisabled, (), (), (), ())
};

using AccountEvent = std::variant<AccountRegistered, AccountJoinedOrganization,
                                  AccountPasswordChanged, AccountDisabled>;

}  // namespace orrery
