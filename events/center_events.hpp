#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include <boost/describe.hpp>

#include "events/sealed.hpp"

namespace orrery {

/// What a user or a team may have; absent members are as the batch policy, or the team, says.
struct CenterLimits {
  /// Waiting and running.
  std::optional<std::uint32_t> jobs_max;
  std::optional<std::uint32_t> running_max;
  /// At once.
  std::optional<std::uint32_t> gpus_max;
  std::optional<std::uint32_t> gpus_per_job_max;
  std::optional<std::uint32_t> time_limit_max_min;
  /// Of the fair share, in relation to others of the same level; 1 where absent.
  std::optional<std::uint32_t> shares;
  /// Of files.
  std::optional<std::uint64_t> quota_bytes;

  bool operator==(const CenterLimits&) const = default;
  BOOST_DESCRIBE_CLASS(CenterLimits, (),
                       (jobs_max, running_max, gpus_max, gpus_per_job_max, time_limit_max_min,
                        shares, quota_bytes),
                       (), ())
};

/// What a user may do besides using the center; more with each. Slurm's words.
BOOST_DEFINE_FIXED_ENUM_CLASS(CenterRole, std::uint8_t, none, operator_, administrator)

/// What somebody tells of himself when he applies. Sealed for the subject "center-<name>".
struct CenterPerson {
  Sealed full_name;
  Sealed email;
  Sealed affiliation;
  Sealed purpose;

  bool operator==(const CenterPerson&) const = default;
  BOOST_DESCRIBE_CLASS(CenterPerson, (), (full_name, email, affiliation, purpose), (), ())
};

/// Somebody wants to use the center. Stream: center_user/<login name>.
struct CenterUserApplied {
  CenterPerson person;
  /// The class that he asks for, such as "B".
  std::string class_name;
  /// Team that he wants to belong to; empty: none.
  std::string team;
  std::string request_id;
  std::string request_digest;

  bool operator==(const CenterUserApplied&) const = default;
  BOOST_DESCRIBE_CLASS(CenterUserApplied, (),
                       (person, class_name, team, request_id, request_digest), (), ())
};

/// What an admin gives a user.
struct CenterGrant {
  std::string class_name;
  /// His account in Slurm's words; never empty.
  std::string team;
  CenterLimits limits;
  CenterRole role = CenterRole::none;

  bool operator==(const CenterGrant&) const = default;
  BOOST_DESCRIBE_CLASS(CenterGrant, (), (class_name, team, limits, role), (), ())
};

/// He may use the center from now on.
struct CenterUserApproved {
  CenterGrant grant;
  /// Number of the user, never another's.
  std::uint32_t uid = 0;

  bool operator==(const CenterUserApproved&) const = default;
  BOOST_DESCRIBE_CLASS(CenterUserApproved, (), (grant, uid), (), ())
};

/// He may apply again.
struct CenterUserDeclined {
  std::string reason;

  bool operator==(const CenterUserDeclined&) const = default;
  BOOST_DESCRIBE_CLASS(CenterUserDeclined, (), (reason), (), ())
};

struct CenterUserGrantChanged {
  CenterGrant grant;

  bool operator==(const CenterUserGrantChanged&) const = default;
  BOOST_DESCRIBE_CLASS(CenterUserGrantChanged, (), (grant), (), ())
};

/// He submits nothing, and nothing of his starts; his jobs are ended.
struct CenterUserSuspended {
  std::string reason;
  /// Seconds since 1970; 0: until he is reinstated.
  std::int64_t until_s = 0;

  bool operator==(const CenterUserSuspended&) const = default;
  BOOST_DESCRIBE_CLASS(CenterUserSuspended, (), (reason, until_s), (), ())
};

struct CenterUserReinstated {
  bool operator==(const CenterUserReinstated&) const = default;
  BOOST_DESCRIBE_CLASS(CenterUserReinstated, (), (), (), ())
};

/// Tokens that were issued before this are worth nothing.
struct CenterUserTokensRevoked {
  /// Seconds since 1970.
  std::int64_t issued_before_s = 0;

  bool operator==(const CenterUserTokensRevoked&) const = default;
  BOOST_DESCRIBE_CLASS(CenterUserTokensRevoked, (), (issued_before_s), (), ())
};

/// He is gone, and so is his key; the name is never given again.
struct CenterUserErased {
  bool operator==(const CenterUserErased&) const = default;
  BOOST_DESCRIBE_CLASS(CenterUserErased, (), (), (), ())
};

using CenterUserEvent =
    std::variant<CenterUserApplied, CenterUserApproved, CenterUserDeclined, CenterUserGrantChanged,
                 CenterUserSuspended, CenterUserReinstated, CenterUserTokensRevoked,
                 CenterUserErased>;

/// People who share what they get: Slurm's account. Stream: center_team/<name>.
struct CenterTeamSet {
  std::string description;
  std::string organization;
  /// Team that it is part of; empty: none.
  std::string parent;
  CenterLimits limits;

  bool operator==(const CenterTeamSet&) const = default;
  BOOST_DESCRIBE_CLASS(CenterTeamSet, (), (description, organization, parent, limits), (), ())
};

/// Nobody belongs to it any more.
struct CenterTeamDissolved {
  bool operator==(const CenterTeamDissolved&) const = default;
  BOOST_DESCRIBE_CLASS(CenterTeamDissolved, (), (), (), ())
};

using CenterTeamEvent = std::variant<CenterTeamSet, CenterTeamDissolved>;

BOOST_DEFINE_FIXED_ENUM_CLASS(NoticeLevel, std::uint8_t, info, maintenance, urgent)

/// Everybody at the center shall know. Stream: notice/<id>.
struct NoticePosted {
  std::string title;
  std::string body;
  NoticeLevel level = NoticeLevel::info;
  /// Who posted it.
  std::string author;

  bool operator==(const NoticePosted&) const = default;
  BOOST_DESCRIBE_CLASS(NoticePosted, (), (title, body, level, author), (), ())
};

struct NoticeWithdrawn {
  bool operator==(const NoticeWithdrawn&) const = default;
  BOOST_DESCRIBE_CLASS(NoticeWithdrawn, (), (), (), ())
};

using NoticeEvent = std::variant<NoticePosted, NoticeWithdrawn>;

}  // namespace orrery
