#include "projections/identity/identity_view.hpp"

#include <algorithm>
#include <iterator>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "events/stream_name.hpp"
#include "projections/identity/tenancy.hpp"
#include "projections/identity/token_table.hpp"

namespace orrery {

/// Two halves with a lock each: tokens, which every request reads, and who belongs to whom.
struct IdentityView::State {
  void fold(const RecordedEvent& recorded);

  TokenTable tokens;
  mutable WriterFirstMutex tenancy_mutex;
  Tenancy tenancy;
};

IdentityView::IdentityView() : state_(std::make_unique<State>()) {}
IdentityView::~IdentityView() = default;

std::shared_ptr<const Principal> IdentityView::principal_of(const TokenDigest& digest) const {
  return state_->tokens.principal_of(digest);
}

std::shared_ptr<const Principal> IdentityView::principal_of_key(std::string_view key_id) const {
  return state_->tokens.principal_of_key(key_id);
}

std::vector<KeyDetails> IdentityView::keys_of_organization(std::string_view organization_id) const {
  std::vector<std::string> projects;
  {
    const std::shared_lock lock(state_->tenancy_mutex);
    projects = state_->tenancy.projects_of_organization(organization_id);
  }
  auto keys = state_->tokens.keys_of_scope(KeyScope::organization, organization_id);
  for (const auto& project : projects) {
    auto of_project = state_->tokens.keys_of_scope(KeyScope::project, project);
    std::ranges::move(of_project, std::back_inserter(keys));
  }
  return keys;
}

std::vector<KeyDetails> IdentityView::operator_keys() const {
  return state_->tokens.keys_of_scope(KeyScope::operator_, "");
}

std::vector<KeyDetails> IdentityView::keys_of_namespace(std::string_view namespace_id) const {
  return state_->tokens.keys_of_scope(KeyScope::namespace_, namespace_id);
}

std::optional<KeyDetails> IdentityView::key(std::string_view key_id) const {
  return state_->tokens.key(key_id);
}

std::vector<MemberDetails> IdentityView::members_of(std::string_view organization_id) const {
  const std::shared_lock lock(state_->tenancy_mutex);
  return state_->tenancy.members_of(organization_id);
}

std::optional<MemberRole> IdentityView::role_in(const Principal& principal,
                                                std::string_view organization_id) const {
  const std::shared_lock lock(state_->tenancy_mutex);
  return state_->tenancy.role_in(principal, organization_id);
}

std::optional<RefreshToken> IdentityView::refresh_token(const TokenDigest& digest) const {
  return state_->tokens.refresh_token(digest);
}

bool IdentityView::may_reach_project(const Principal& principal,
                                     std::string_view project_id) const {
  const std::shared_lock lock(state_->tenancy_mutex);
  const auto* project = state_->tenancy.project(project_id);
  return project && state_->tenancy.reaches(principal, *project);
}

bool IdentityView::may_reach_organization(const Principal& principal,
                                          std::string_view organization_id) const {
  const std::shared_lock lock(state_->tenancy_mutex);
  const auto* organization = state_->tenancy.organization(organization_id);
  return organization && state_->tenancy.reaches(principal, *organization);
}

std::vector<OrganizationDetails> IdentityView::organizations_of(const Principal& principal) const {
  const std::shared_lock lock(state_->tenancy_mutex);
  return state_->tenancy.organizations_of(principal);
}

std::vector<ProjectDetails> IdentityView::projects_of(const Principal& principal) const {
  const std::shared_lock lock(state_->tenancy_mutex);
  return state_->tenancy.projects_of(principal);
}

namespace {

template <class T>
std::optional<T> copied(const T* found) {
  return found ? std::optional<T>(*found) : std::nullopt;
}

}  // namespace

std::optional<AccountDetails> IdentityView::account(std::string_view id) const {
  const std::shared_lock lock(state_->tenancy_mutex);
  return copied(state_->tenancy.account(id));
}

std::optional<OrganizationDetails> IdentityView::organization(std::string_view id) const {
  const std::shared_lock lock(state_->tenancy_mutex);
  return copied(state_->tenancy.organization(id));
}

std::optional<ProjectDetails> IdentityView::project(std::string_view id) const {
  const std::shared_lock lock(state_->tenancy_mutex);
  return copied(state_->tenancy.project(id));
}

void IdentityView::apply(const RecordedEvent& recorded) { state_->fold(recorded); }

void IdentityView::State::fold(const RecordedEvent& recorded) {
  const auto id = stream_id(recorded.stream);
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { tokens.fold(event, id, recorded); })
          tokens.fold(event, id, recorded);
        if constexpr (requires { tenancy.fold(event, id, recorded); }) {
          const std::unique_lock lock(tenancy_mutex);
          tenancy.fold(event, id, recorded);
        }
      },
      recorded.event);
}

void IdentityView::save(std::string& out) const {
  ByteWriter writer(out);
  state_->tenancy.save(writer);
  state_->tokens.save(writer);
}

void IdentityView::load(std::string_view bytes) {
  state_ = std::make_unique<State>();
  auto loaded = std::make_unique<State>();
  ByteReader reader(bytes);
  loaded->tenancy.load(reader);
  loaded->tokens.load(reader);
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  state_ = std::move(loaded);
}

}  // namespace orrery
