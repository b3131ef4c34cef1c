#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "events/batch_policy_events.hpp"
#include "events/center_events.hpp"
#include "events/envelope.hpp"
#include "projections/runtime/view.hpp"

namespace orrery {

/// A person of the center.
struct CenterUserDetails {
  enum class Status : std::uint8_t { applied, declined, approved };

  /// Login name. Stream: center_user/<name>.
  std::string name;
  Status status = Status::applied;
  /// Empty boxes where an admin made the user without an application.
  CenterPerson person;
  /// That he applied for, or was given.
  CenterGrant grant;
  /// 0 before he was approved.
  std::uint32_t uid = 0;
  std::optional<CenterUserSuspended> suspension;
  std::string decline_reason;
  /// Tokens issued earlier are worth nothing; seconds since 1970.
  std::int64_t tokens_from_s = 0;
  Time applied_at{};
  Time approved_at{};

  /// He may submit and run jobs at that moment.
  bool is_active(std::int64_t now_s) const {
    return status == Status::approved &&
           !(suspension && (suspension->until_s == 0 || suspension->until_s > now_s));
  }

  BOOST_DESCRIBE_CLASS(CenterUserDetails, (),
                       (name, status, person, grant, uid, suspension, decline_reason, tokens_from_s,
                        applied_at, approved_at),
                       (), ())
};

/// People who share what they get.
struct CenterTeamDetails {
  std::string name;
  CenterTeamSet team;

  BOOST_DESCRIBE_CLASS(CenterTeamDetails, (), (name, team), (), ())
};

struct NoticeDetails {
  std::string id;
  NoticePosted notice;
  Time posted_at{};
  /// Position of its event: cursor of the feed.
  Position position = 0;

  BOOST_DESCRIBE_CLASS(NoticeDetails, (), (id, notice, posted_at, position), (), ())
};

/// What an application that may come again has led to.
struct CenterUserOfRequest {
  std::string name;
  std::string digest;

  BOOST_DESCRIBE_CLASS(CenterUserOfRequest, (), (name, digest), (), ())
};

/// People, teams, notices and rules of the university's center. What is returned is immutable and
/// shared. Any thread.
class CenterView : public View {
 public:
  using User = std::shared_ptr<const CenterUserDetails>;
  using Team = std::shared_ptr<const CenterTeamDetails>;
  using Notice = std::shared_ptr<const NoticeDetails>;

  CenterView();
  ~CenterView() override;

  /// Null where there is none, or he is erased. Hot path of every request: no allocation.
  User user(std::string_view name) const;
  /// By name.
  std::vector<User> users() const;
  /// Login names of the erased.
  std::vector<std::string> erased() const;
  std::uint32_t largest_uid() const;
  std::optional<CenterUserOfRequest> of_request(std::string_view request_id) const;

  Team team(std::string_view name) const;
  std::vector<Team> teams() const;

  /// Not withdrawn, the newest first; those after a position.
  std::vector<Notice> notices(Position after = 0) const;

  /// Null where the cluster has none.
  std::shared_ptr<const BatchPolicy> policy(std::string_view cluster) const;

  std::string_view name() const override { return "center"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<CenterView>(); }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery
