#include "projections/identity/tenancy.hpp"

#include <algorithm>

namespace orrery {

using Kind = Principal::Kind;

bool Tenancy::is_member(const Principal& principal, std::string_view organization_id) const {
  const auto* account = accounts_.find(principal.account_id);
  return account && !account->disabled && account->organizations.contains(organization_id);
}

bool Tenancy::reaches(const Principal& principal, const ProjectDetails& project) const {
  switch (principal.kind) {
    case Kind::session:
      return is_member(principal, project.organization_id);
    case Kind::organization_key:
      return principal.organization_id == project.organization_id;
    case Kind::project_key:
      return principal.project_id == project.id;
    case Kind::operator_key:
      return true;
    case Kind::namespace_key:
      return false;
  }
  return false;
}

/// A project's key sees the organization that the project belongs to, and nothing else of it.
bool Tenancy::reaches(const Principal& principal, const OrganizationDetails& organization) const {
  switch (principal.kind) {
    case Kind::session:
      return is_member(principal, organization.id);
    case Kind::organization_key:
      return principal.organization_id == organization.id;
    case Kind::project_key: {
      const auto* own = project(principal.project_id);
      return own && own->organization_id == organization.id;
    }
    case Kind::operator_key:
      return true;
    case Kind::namespace_key:
      return false;
  }
  return false;
}

/// By what the principal holds, not by looking at every customer: the writer waits meanwhile. Only
/// an operator's answer grows with the number of customers.
std::vector<std::size_t> Tenancy::reached_organizations(const Principal& principal) const {
  std::vector<std::size_t> numbers;
  const auto reach = [&](std::string_view id) {
    const auto* organization = organizations_.find(id);
    if (organization && reaches(principal, *organization))
      numbers.push_back(organizations_.index_of(id));
  };
  if (principal.kind == Kind::operator_key) {
    for (const auto& each : organizations_.values()) reach(each.id);
  } else if (principal.kind == Kind::namespace_key) {
    return numbers;
  } else if (const auto* account = accounts_.find(principal.account_id)) {
    for (const auto& membership : account->organizations) reach(membership.first);
  } else if (const auto* own = project(principal.project_id)) {
    reach(own->organization_id);
  } else {
    reach(principal.organization_id);
  }
  std::ranges::sort(numbers);
  return numbers;
}

std::vector<OrganizationDetails> Tenancy::organizations_of(const Principal& principal) const {
  std::vector<OrganizationDetails> reached;
  for (const auto number : reached_organizations(principal))
    reached.push_back(organizations_.values()[number]);
  return reached;
}

std::vector<ProjectDetails> Tenancy::projects_of(const Principal& principal) const {
  std::vector<std::size_t> numbers;
  for (const auto organization : reached_organizations(principal)) {
    const auto found = projects_of_organization_.find(organizations_.values()[organization].id);
    if (found == projects_of_organization_.end()) continue;
    for (const auto number : found->second)
      if (reaches(principal, projects_.values()[number])) numbers.push_back(number);
  }
  std::ranges::sort(numbers);
  std::vector<ProjectDetails> reached;
  for (const auto number : numbers) reached.push_back(projects_.values()[number]);
  return reached;
}

std::vector<std::string> Tenancy::projects_of_organization(std::string_view organization_id) const {
  std::vector<std::string> ids;
  const auto found = projects_of_organization_.find(std::string(organization_id));
  if (found == projects_of_organization_.end()) return ids;
  for (const auto number : found->second) ids.push_back(projects_.values()[number].id);
  return ids;
}

std::vector<MemberDetails> Tenancy::members_of(std::string_view organization_id) const {
  std::vector<MemberDetails> members;
  const auto found = members_of_organization_.find(organization_id);
  if (found == members_of_organization_.end()) return members;
  for (const auto number : found->second) {
    const auto& account = accounts_.values()[number];
    members.push_back({account.id, account.email,
                       account.organizations.find(organization_id)->second, account.disabled});
  }
  return members;
}

std::optional<MemberRole> Tenancy::role_in(const Principal& principal,
                                           std::string_view organization_id) const {
  if (principal.kind == Kind::organization_key && principal.organization_id == organization_id)
    return MemberRole::admin;
  if (principal.kind != Kind::session || !is_member(principal, organization_id))
    return std::nullopt;
  return accounts_.find(principal.account_id)->organizations.find(organization_id)->second;
}

void Tenancy::join(std::size_t account, std::string_view organization_id, MemberRole role) {
  accounts_.at(account).organizations.insert_or_assign(std::string(organization_id), role);
  members_of_organization_[std::string(organization_id)].insert(account);
}

void Tenancy::add(ProjectDetails project) {
  projects_of_organization_[project.organization_id].push_back(projects_.values().size());
  projects_.add(std::move(project));
}

void Tenancy::fold(const OrganizationCreated& created, std::string_view id, const RecordedEvent&) {
  if (organizations_.find(id)) return;
  organizations_.add({std::string(id), created.name, created.stripe_customer_id});
}

void Tenancy::fold(const ProjectCreated& created, std::string_view id,
                   const RecordedEvent& recorded) {
  if (projects_.find(id)) return;
  add({std::string(id), created.organization_id, created.name, recorded.time});
}

void Tenancy::fold(const AccountRegistered& registered, std::string_view id, const RecordedEvent&) {
  if (accounts_.find(id)) return;
  accounts_.add({std::string(id), registered.email, registered.password_hash, {}, false});
}

void Tenancy::fold(const AccountJoinedOrganization& joined, std::string_view id,
                   const RecordedEvent&) {
  if (const auto account = accounts_.index_of(id); account != accounts_.none)
    join(account, joined.organization_id, joined.role);
}

void Tenancy::fold(const AccountPasswordChanged& changed, std::string_view id,
                   const RecordedEvent&) {
  if (auto* account = accounts_.find(id)) account->password_hash = changed.password_hash;
}

void Tenancy::fold(const AccountDisabled&, std::string_view id, const RecordedEvent&) {
  if (auto* account = accounts_.find(id)) account->disabled = true;
}

void Tenancy::fold(const AccountEnabled&, std::string_view id, const RecordedEvent&) {
  if (auto* account = accounts_.find(id)) account->disabled = false;
}

void Tenancy::fold(const AccountLeftOrganization& left, std::string_view id, const RecordedEvent&) {
  const auto account = accounts_.index_of(id);
  if (account == accounts_.none) return;
  accounts_.at(account).organizations.erase(left.organization_id);
  const auto members = members_of_organization_.find(left.organization_id);
  if (members == members_of_organization_.end()) return;
  members->second.erase(account);
  if (members->second.empty()) members_of_organization_.erase(members);
}

void Tenancy::fold(const OrganizationRenamed& renamed, std::string_view id, const RecordedEvent&) {
  if (auto* organization = organizations_.find(id)) organization->name = renamed.name;
}

void Tenancy::fold(const ProjectRenamed& renamed, std::string_view id, const RecordedEvent&) {
  if (auto* project = projects_.find(id)) project->name = renamed.name;
}

void Tenancy::save(ByteWriter& writer) const {
  accounts_.save(writer);
  organizations_.save(writer);
  projects_.save(writer);
}

void Tenancy::load(ByteReader& reader) {
  accounts_.load(reader);
  organizations_.load(reader);
  projects_.load(reader);
  for (std::size_t i = 0; i < accounts_.values().size(); ++i)
    for (const auto& [organization, role] : accounts_.values()[i].organizations)
      members_of_organization_[organization].insert(i);
  for (std::size_t i = 0; i < projects_.values().size(); ++i)
    projects_of_organization_[projects_.values()[i].organization_id].push_back(i);
}

}  // namespace orrery
