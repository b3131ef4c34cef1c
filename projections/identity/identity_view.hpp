#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "projections/runtime/view.hpp"

namespace orrery {

/// SHA-256 of a token, raw.
using TokenDigest = std::array<std::uint8_t, 32>;

/// Who speaks, as a token proves it. Immutable and shared.
struct Principal {
  enum class Kind : std::uint8_t {
    session,
    organization_key,
    project_key,
    operator_key,
    namespace_key
  };
  Kind kind = Kind::session;
  /// The token's stream is token/<token_id>.
  std::string token_id;
  /// For a session only.
  std::string account_id;
  /// For an organization's key, and for a project's, only.
  std::string organization_id;
  std::string project_id;
  /// For a namespace's key (a customer of the NeoLink dialect) only: it reaches nothing else.
  std::string namespace_id;
  /// What stands as `Origin::actor` of everything the principal does: "account/<id>", "token/<id>".
  std::string actor;
  /// `Time::max()` where the token doesn't expire.
  Time expires_at = Time::max();

  bool expired(Time now) const { return now >= expires_at; }
};

/// What a refresh token is good for.
struct RefreshToken {
  /// The family: stream token/<token_id>.
  std::string token_id;
  std::string account_id;
  /// False for one that has been exchanged before: presenting it again revokes the family.
  bool current = false;
  Time expires_at{};
};

/// An access key as its owners see it: never the key itself.
struct KeyDetails {
  /// The stream is token/<id>; Crusoe's signatures name it.
  std::string id;
  KeyScope scope = KeyScope::project;
  /// Organization, project or namespace; empty for an operator's key.
  std::string scope_id;
  std::string name;
  Time created_at{};
  /// The principal who issued it.
  std::string created_by;
  /// `Time::max()` where it doesn't expire.
  Time expires_at = Time::max();
};

struct AccountDetails {
  std::string id;
  Sealed email;
  /// argon2id in libsodium's string form.
  std::string password_hash;
  /// Organization id to role.
  std::map<std::string, MemberRole, std::less<>> organizations;
  bool disabled = false;

  BOOST_DESCRIBE_CLASS(AccountDetails, (), (id, email, password_hash, organizations, disabled), (),
                       ())
};

/// A person within one organization.
struct MemberDetails {
  std::string account_id;
  Sealed email;
  MemberRole role = MemberRole::member;
  bool disabled = false;
};

struct OrganizationDetails {
  std::string id;
  std::string name;
  std::string stripe_customer_id;

  BOOST_DESCRIBE_CLASS(OrganizationDetails, (), (id, name, stripe_customer_id), (), ())
};

struct ProjectDetails {
  std::string id;
  std::string organization_id;
  std::string name;
  Time created_at{};

  BOOST_DESCRIBE_CLASS(ProjectDetails, (), (id, organization_id, name, created_at), (), ())
};

/// Tokens, accounts, organizations and projects: who may reach what. Only what is alive is found: a
/// revoked, replaced or unknown token is simply absent, and so are the sessions of a disabled
/// account and those from before its password was changed. Expiry is the caller's to check, because
/// a view knows no clock.
class IdentityView : public View {
 public:
  IdentityView();
  ~IdentityView() override;

  /// The hot path of every request: no allocation, well under a microsecond. The digest is compared
  /// in constant time. Null where no live access token or key has it.
  std::shared_ptr<const Principal> principal_of(const TokenDigest& digest) const;

  /// Whose key has this id, as a signed request names it. Null where no key has it that is alive.
  std::shared_ptr<const Principal> principal_of_key(std::string_view key_id) const;

  /// Current and exchanged refresh tokens of families that are alive.
  std::optional<RefreshToken> refresh_token(const TokenDigest& digest) const;

  /// Hot path too, no allocation. An operator reaches everything. False for what doesn't exist, so
  /// that a foreign project and an absent one look the same.
  bool may_reach_project(const Principal& principal, std::string_view project_id) const;
  bool may_reach_organization(const Principal& principal, std::string_view organization_id) const;

  /// In the order in which they were created.
  std::vector<OrganizationDetails> organizations_of(const Principal& principal) const;
  std::vector<ProjectDetails> projects_of(const Principal& principal) const;

  /// Keys that haven't been revoked, in the order in which they were issued; expired ones too.
  /// Those of an organization are its own, then those of its projects.
  std::vector<KeyDetails> keys_of_organization(std::string_view organization_id) const;
  std::vector<KeyDetails> operator_keys() const;
  std::vector<KeyDetails> keys_of_namespace(std::string_view namespace_id) const;
  std::optional<KeyDetails> key(std::string_view key_id) const;

  /// In the order in which their accounts were registered.
  std::vector<MemberDetails> members_of(std::string_view organization_id) const;
  /// What a principal may do in an organization: an admin's session and the organization's own key
  /// count as admin. Nothing where it doesn't belong there, for a project's key and an operator's.
  std::optional<MemberRole> role_in(const Principal& principal,
                                    std::string_view organization_id) const;

  std::optional<AccountDetails> account(std::string_view id) const;
  std::optional<OrganizationDetails> organization(std::string_view id) const;
  std::optional<ProjectDetails> project(std::string_view id) const;

  std::string_view name() const override { return "identity.2"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<IdentityView>(); }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery
