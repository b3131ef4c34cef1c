#include "projections/center/center_view.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <utility>
#include <variant>

#include "events/archive.hpp"
#include "events/stream_name.hpp"
#include "projections/runtime/writer_first_mutex.hpp"

namespace orrery {
namespace {

template <class Value>
using NameMap = std::map<std::string, Value, std::less<>>;

template <class Value>
Value find_in(const NameMap<Value>& map, std::string_view name) {
  const auto found = map.find(name);
  return found == map.end() ? Value{} : found->second;
}

template <class Value>
std::vector<Value> values_of(const NameMap<Value>& map) {
  std::vector<Value> values;
  values.reserve(map.size());
  for (const auto& [name, value] : map) values.push_back(value);
  return values;
}

}  // namespace

struct CenterView::State {
  void fold(const CenterUserApplied& application, const RecordedEvent& recorded);
  void fold(const CenterUserApproved& approval, const RecordedEvent& recorded);
  void fold(const CenterUserDeclined& declined, const RecordedEvent& recorded);
  void fold(const CenterUserGrantChanged& changed, const RecordedEvent& recorded);
  void fold(const CenterUserSuspended& suspension, const RecordedEvent& recorded);
  void fold(const CenterUserReinstated&, const RecordedEvent& recorded);
  void fold(const CenterUserTokensRevoked& revoked, const RecordedEvent& recorded);
  void fold(const CenterUserErased&, const RecordedEvent& recorded);
  void fold(const CenterTeamSet& team, const RecordedEvent& recorded);
  void fold(const CenterTeamDissolved&, const RecordedEvent& recorded);
  void fold(const NoticePosted& notice, const RecordedEvent& recorded);
  void fold(const NoticeWithdrawn&, const RecordedEvent& recorded);
  void fold(const BatchPolicySet& set, const RecordedEvent& recorded);

  /// Changes him where there is one. Whoever holds him keeps the one from before.
  template <class Change>
  void change(const RecordedEvent& recorded, Change change);

  mutable WriterFirstMutex mutex;
  NameMap<User> users;
  std::set<std::string, std::less<>> erased;
  std::uint32_t largest_uid = 0;
  NameMap<CenterUserOfRequest> requests;
  NameMap<Team> teams;
  /// By position, so in the order of the feed.
  std::map<Position, Notice> notices;
  NameMap<std::shared_ptr<const BatchPolicy>> policies;
};

CenterView::CenterView() : state_(std::make_unique<State>()) {}
CenterView::~CenterView() = default;

CenterView::User CenterView::user(std::string_view name) const {
  const std::shared_lock lock(state_->mutex);
  return find_in(state_->users, name);
}

std::vector<CenterView::User> CenterView::users() const {
  const std::shared_lock lock(state_->mutex);
  return values_of(state_->users);
}

std::vector<std::string> CenterView::erased() const {
  const std::shared_lock lock(state_->mutex);
  return {state_->erased.begin(), state_->erased.end()};
}

std::uint32_t CenterView::largest_uid() const {
  const std::shared_lock lock(state_->mutex);
  return state_->largest_uid;
}

std::optional<CenterUserOfRequest> CenterView::of_request(std::string_view request_id) const {
  const std::shared_lock lock(state_->mutex);
  const auto found = state_->requests.find(request_id);
  return found == state_->requests.end() ? std::nullopt : std::optional(found->second);
}

CenterView::Team CenterView::team(std::string_view name) const {
  const std::shared_lock lock(state_->mutex);
  return find_in(state_->teams, name);
}

std::vector<CenterView::Team> CenterView::teams() const {
  const std::shared_lock lock(state_->mutex);
  return values_of(state_->teams);
}

std::vector<CenterView::Notice> CenterView::notices(Position after) const {
  const std::shared_lock lock(state_->mutex);
  std::vector<Notice> newest_first;
  for (auto each = state_->notices.rbegin(); each != state_->notices.rend() && each->first > after;
       ++each)
    newest_first.push_back(each->second);
  return newest_first;
}

std::shared_ptr<const BatchPolicy> CenterView::policy(std::string_view cluster) const {
  const std::shared_lock lock(state_->mutex);
  return find_in(state_->policies, cluster);
}

void CenterView::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { state_->fold(event, recorded); }) {
          const std::unique_lock lock(state_->mutex);
          state_->fold(event, recorded);
        }
      },
      recorded.event);
}

// What the events say.

template <class Change>
void CenterView::State::change(const RecordedEvent& recorded, Change change) {
  const auto found = users.find(stream_id(recorded.stream));
  if (found == users.end()) return;
  auto changed = std::make_shared<CenterUserDetails>(*found->second);
  change(*changed);
  found->second = std::move(changed);
}

void CenterView::State::fold(const CenterUserApplied& application, const RecordedEvent& recorded) {
  auto user = std::make_shared<CenterUserDetails>();
  user->name = stream_id(recorded.stream);
  if (erased.contains(user->name)) return;
  user->person = application.person;
  user->grant.class_name = application.class_name;
  user->grant.team = application.team;
  user->applied_at = recorded.time;
  if (!application.request_digest.empty())
    requests.insert_or_assign(application.request_id,
                              CenterUserOfRequest{user->name, application.request_digest});
  users.insert_or_assign(user->name, user);
}

void CenterView::State::fold(const CenterUserApproved& approval, const RecordedEvent& recorded) {
  largest_uid = std::max(largest_uid, approval.uid);
  std::string name(stream_id(recorded.stream));
  if (erased.contains(name)) return;
  if (!users.contains(name)) {
    auto user = std::make_shared<CenterUserDetails>();
    user->name = name;
    user->applied_at = recorded.time;
    users.emplace(std::move(name), std::move(user));
  }
  change(recorded, [&](CenterUserDetails& user) {
    user.status = CenterUserDetails::Status::approved;
    user.grant = approval.grant;
    user.uid = approval.uid;
    user.decline_reason.clear();
    user.approved_at = recorded.time;
  });
}

void CenterView::State::fold(const CenterUserDeclined& declined, const RecordedEvent& recorded) {
  change(recorded, [&](CenterUserDetails& user) {
    user.status = CenterUserDetails::Status::declined;
    user.decline_reason = declined.reason;
  });
}

void CenterView::State::fold(const CenterUserGrantChanged& changed, const RecordedEvent& recorded) {
  change(recorded, [&](CenterUserDetails& user) { user.grant = changed.grant; });
}

void CenterView::State::fold(const CenterUserSuspended& suspension, const RecordedEvent& recorded) {
  change(recorded, [&](CenterUserDetails& user) { user.suspension = suspension; });
}

void CenterView::State::fold(const CenterUserReinstated&, const RecordedEvent& recorded) {
  change(recorded, [](CenterUserDetails& user) { user.suspension.reset(); });
}

void CenterView::State::fold(const CenterUserTokensRevoked& revoked,
                             const RecordedEvent& recorded) {
  change(recorded, [&](CenterUserDetails& user) {
    user.tokens_from_s = std::max(user.tokens_from_s, revoked.issued_before_s);
  });
}

void CenterView::State::fold(const CenterUserErased&, const RecordedEvent& recorded) {
  const auto name = stream_id(recorded.stream);
  erased.emplace(name);
  std::erase_if(requests, [&](const auto& each) { return each.second.name == name; });
  if (const auto found = users.find(name); found != users.end()) users.erase(found);
}

void CenterView::State::fold(const CenterTeamSet& team, const RecordedEvent& recorded) {
  const std::string name(stream_id(recorded.stream));
  teams.insert_or_assign(name,
                         std::make_shared<const CenterTeamDetails>(CenterTeamDetails{name, team}));
}

void CenterView::State::fold(const CenterTeamDissolved&, const RecordedEvent& recorded) {
  if (const auto found = teams.find(stream_id(recorded.stream)); found != teams.end())
    teams.erase(found);
}

void CenterView::State::fold(const NoticePosted& notice, const RecordedEvent& recorded) {
  notices.insert_or_assign(recorded.position, std::make_shared<const NoticeDetails>(NoticeDetails{
                                                  std::string(stream_id(recorded.stream)), notice,
                                                  recorded.time, recorded.position}));
}

void CenterView::State::fold(const NoticeWithdrawn&, const RecordedEvent& recorded) {
  const auto id = stream_id(recorded.stream);
  std::erase_if(notices, [&](const auto& each) { return each.second->id == id; });
}

void CenterView::State::fold(const BatchPolicySet& set, const RecordedEvent& recorded) {
  policies.insert_or_assign(std::string(stream_id(recorded.stream)),
                            std::make_shared<const BatchPolicy>(set.policy));
}

// Snapshots.

void CenterView::save(std::string& out) const {
  ByteWriter writer(out);
  const auto write_values = [&](const auto& map) {
    writer(static_cast<std::uint64_t>(map.size()));
    for (const auto& [key, value] : map) writer(*value);
  };
  write_values(state_->users);
  writer(state_->erased, state_->largest_uid, state_->requests);
  write_values(state_->teams);
  write_values(state_->notices);
  writer(static_cast<std::uint64_t>(state_->policies.size()));
  for (const auto& [cluster, policy] : state_->policies) writer(cluster, *policy);
}

namespace {

template <class Details>
std::shared_ptr<Details> read_one(ByteReader& reader) {
  auto details = std::make_shared<Details>();
  reader(*details);
  return details;
}

std::uint64_t read_count(ByteReader& reader) {
  std::uint64_t count = 0;
  reader(count);
  return count;
}

void check(const CenterUserDetails& user) {
  if (user.status > CenterUserDetails::Status::approved ||
      user.grant.role > CenterRole::administrator)
    throw MalformedBytes("unknown status or role of a user");
}

void check(const BatchPolicy& policy) {
  for (const auto& qos : policy.qos)
    if (qos.preempt_mode > PreemptMode::cancel) throw MalformedBytes("unknown preempt mode");
}

}  // namespace

void CenterView::load(std::string_view bytes) {
  state_ = std::make_unique<State>();
  auto loaded = std::make_unique<State>();
  ByteReader reader(bytes);
  for (auto count = read_count(reader); count > 0; --count) {
    const auto user = read_one<CenterUserDetails>(reader);
    check(*user);
    loaded->users.insert_or_assign(user->name, user);
  }
  reader(loaded->erased, loaded->largest_uid, loaded->requests);
  for (auto count = read_count(reader); count > 0; --count) {
    const auto team = read_one<CenterTeamDetails>(reader);
    loaded->teams.insert_or_assign(team->name, team);
  }
  for (auto count = read_count(reader); count > 0; --count) {
    const auto notice = read_one<NoticeDetails>(reader);
    if (notice->notice.level > NoticeLevel::urgent) throw MalformedBytes("unknown notice level");
    loaded->notices.insert_or_assign(notice->position, notice);
  }
  for (auto count = read_count(reader); count > 0; --count) {
    std::string cluster;
    reader(cluster);
    const auto policy = read_one<BatchPolicy>(reader);
    check(*policy);
    loaded->policies.insert_or_assign(std::move(cluster), policy);
  }
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  state_ = std::move(loaded);
}

}  // namespace orrery
