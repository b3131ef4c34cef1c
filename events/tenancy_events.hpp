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

struct OrganizationRenamed {
  std::string name;

  bool operator==(const OrganizationRenamed&) const = default;
  BOOST_DESCRIBE_CLASS(OrganizationRenamed, (), (name), (), ())
};

using OrganizationEvent = std::variant<OrganizationCreated, OrganizationRenamed>;

/// A project of an organization; what it owns nobody else sees. Stream: project/<id>.
struct ProjectCreated {
  std::string organization_id;
  std::string name;

  bool operator==(const ProjectCreated&) const = default;
  BOOST_DESCRIBE_CLASS(ProjectCreated, (), (organization_id, name), (), ())
};

struct ProjectRenamed {
  std::string name;

  bool operator==(const ProjectRenamed&) const = default;
  BOOST_DESCRIBE_CLASS(ProjectRenamed, (), (name), (), ())
};

using ProjectEvent = std::variant<ProjectCreated, ProjectRenamed>;

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

/// The account is a member of the organization from now on, or has another role there.
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

struct AccountEnabled {
  bool operator==(const AccountEnabled&) const = default;
  BOOST_DESCRIBE_CLASS(AccountEnabled, (), (), (), ())
};

struct AccountLeftOrganization {
  std::string organization_id;

  bool operator==(const AccountLeftOrganization&) const = default;
  BOOST_DESCRIBE_CLASS(AccountLeftOrganization, (), (organization_id), (), ())
};

using AccountEvent =
    std::variant<AccountRegistered, AccountJoinedOrganization, AccountPasswordChanged,
                 AccountDisabled, AccountEnabled, AccountLeftOrganization>;

}  // namespace orrery
