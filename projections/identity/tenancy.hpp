#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "events/archive.hpp"
#include "projections/identity/identity_view.hpp"
#include "projections/runtime/string_map.hpp"

namespace orrery {

/// Values by id that keep their order of creation and their addresses.
template <class Value>
class ByCreation {
 public:
  static constexpr std::size_t none = ~std::size_t{0};

  /// Its number in the order of creation; `none` where there is none.
  std::size_t index_of(std::string_view id) const {
    const auto found = index_by_id_.find(id);
    return found == index_by_id_.end() ? none : found->second;
  }
  const Value* find(std::string_view id) const {
    const auto index = index_of(id);
    return index == none ? nullptr : &values_[index];
  }
  Value* find(std::string_view id) {
    const auto index = index_of(id);
    return index == none ? nullptr : &values_[index];
  }
  /// The id must be new.
  void add(Value value) {
    const Value& added = values_.emplace_back(std::move(value));
    index_by_id_.emplace(std::string_view(added.id), values_.size() - 1);
  }
  const std::deque<Value>& values() const { return values_; }
  Value& at(std::size_t index) { return values_[index]; }

  void save(ByteWriter& writer) const {
    writer(static_cast<std::uint64_t>(values_.size()));
    for (const auto& value : values_) writer(value);
  }
  void load(ByteReader& reader) {
    std::uint64_t count = 0;
    reader(count);
    for (std::uint64_t i = 0; i < count; ++i) {
      Value value;
      reader(value);
      if (find(value.id)) throw MalformedBytes("an id twice");
      add(std::move(value));
    }
  }

 private:
  std::deque<Value> values_;
  StringMap<std::size_t> index_by_id_;
};

/// Who belongs to whom. Not guarded: the view is.
class Tenancy {
 public:
  const AccountDetails* account(std::string_view id) const { return accounts_.find(id); }
  const OrganizationDetails* organization(std::string_view id) const {
    return organizations_.find(id);
  }
  const ProjectDetails* project(std::string_view id) const { return projects_.find(id); }

  bool reaches(const Principal& principal, const ProjectDetails& project) const;
  bool reaches(const Principal& principal, const OrganizationDetails& organization) const;
  std::vector<OrganizationDetails> organizations_of(const Principal& principal) const;
  std::vector<ProjectDetails> projects_of(const Principal& principal) const;
  /// Ids, in the order of creation.
  std::vector<std::string> projects_of_organization(std::string_view organization_id) const;
  std::vector<MemberDetails> members_of(std::string_view organization_id) const;
  std::optional<MemberRole> role_in(const Principal& principal,
                                    std::string_view organization_id) const;

  void fold(const OrganizationCreated& created, std::string_view id, const RecordedEvent&);
  void fold(const ProjectCreated& created, std::string_view id, const RecordedEvent& recorded);
  void fold(const AccountRegistered& registered, std::string_view id, const RecordedEvent&);
  void fold(const AccountJoinedOrganization& joined, std::string_view id, const RecordedEvent&);
  void fold(const AccountPasswordChanged& changed, std::string_view id, const RecordedEvent&);
  void fold(const AccountDisabled&, std::string_view id, const RecordedEvent&);
  void fold(const AccountEnabled&, std::string_view id, const RecordedEvent&);
  void fold(const AccountLeftOrganization& left, std::string_view id, const RecordedEvent&);
  void fold(const OrganizationRenamed& renamed, std::string_view id, const RecordedEvent&);
  void fold(const ProjectRenamed& renamed, std::string_view id, const RecordedEvent&);

  void save(ByteWriter& writer) const;
  void load(ByteReader& reader);

 private:
  bool is_member(const Principal& principal, std::string_view organization_id) const;
  /// Numbers of the organizations that the principal reaches, in the order of creation.
  std::vector<std::size_t> reached_organizations(const Principal& principal) const;
  void add(ProjectDetails project);
  void join(std::size_t account, std::string_view organization_id, MemberRole role);

  ByCreation<AccountDetails> accounts_;
  ByCreation<OrganizationDetails> organizations_;
  ByCreation<ProjectDetails> projects_;
  /// Numbers of the projects of each organization.
  boost::unordered_flat_map<std::string, std::vector<std::size_t>> projects_of_organization_;
  /// Numbers of the accounts of each organization.
  std::map<std::string, std::set<std::size_t>, std::less<>> members_of_organization_;
};

}  // namespace orrery
