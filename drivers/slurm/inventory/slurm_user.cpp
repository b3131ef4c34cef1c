#include "drivers/slurm/inventory/slurm_user.hpp"

#include <span>

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

namespace orrery {
namespace {

/// Of one user's, and of an entry of the tables.
constexpr int group_count_max = 4'096;
constexpr std::size_t entry_bytes_max = 1u << 20;

std::optional<passwd> find_user(const SlurmAccess& access, std::vector<char>& texts) {
  passwd entry{};
  passwd* found = nullptr;
  if (access.uses_rest)
    ::getpwnam_r(access.rest_user.c_str(), &entry, texts.data(), texts.size(), &found);
  else
    ::getpwuid_r(::geteuid(), &entry, texts.data(), texts.size(), &found);
  return found == nullptr ? std::nullopt : std::optional(entry);
}

std::vector<std::string> names_of(std::span<const gid_t> groups, std::vector<char>& texts) {
  std::vector<std::string> names;
  for (const auto group : groups) {
    struct group entry {};
    struct group* found = nullptr;
    ::getgrgid_r(group, &entry, texts.data(), texts.size(), &found);
    if (found != nullptr) names.emplace_back(entry.gr_name);
  }
  return names;
}

}  // namespace

SlurmUser slurm_user(const SlurmConfiguration& configuration) {
  SlurmUser user;
  user.account = configuration.account;
  user.is_root = !configuration.access.uses_rest && ::geteuid() == 0;
  std::vector<char> texts(entry_bytes_max);
  const auto entry = find_user(configuration.access, texts);
  if (!entry) return user;
  user.is_root = entry->pw_uid == 0;
  std::vector<gid_t> groups(group_count_max);
  int count = group_count_max;
  if (::getgrouplist(entry->pw_name, entry->pw_gid, groups.data(), &count) < 0) return user;
  groups.resize(static_cast<std::size_t>(count));
  user.groups = names_of(groups, texts);
  return user;
}

}  // namespace orrery
