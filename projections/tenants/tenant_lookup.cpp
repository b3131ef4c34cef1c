#include "projections/tenants/tenant_lookup.hpp"

#include <optional>
#include <utility>

#include "events/folds/event_tenant.hpp"

namespace orrery {

namespace {

/// A GPU is claimed for a lease, which a VM holds, which a project has: nothing is further away.
constexpr unsigned depth_max = 4;

const std::shared_ptr<const std::string>& nobody() {
  static const auto empty = std::make_shared<const std::string>();
  return empty;
}

}  // namespace

std::string TenantLookup::tenant_of(const RecordedEvent& recorded) {
  auto clue = tenant_clue(recorded.stream, recorded.event);
  if (clue.stream.empty() || !clue.tenant.empty()) {
    if (recorded.version == 1 && !clue.tenant.empty())
      remember(recorded.stream, std::make_shared<const std::string>(clue.tenant));
    return std::move(clue.tenant);
  }
  if (recorded.version == 1 && clue.stream == recorded.stream) return {};
  const auto tenant = tenant_of_stream(clue.stream, 0);
  if (recorded.version == 1 && !tenant->empty()) remember(recorded.stream, tenant);
  return *tenant;
}

TenantLookup::Tenant TenantLookup::tenant_of_stream(const std::string& stream, unsigned depth) {
  if (auto tenant = known(stream)) return tenant;
  std::optional<TenantClue> clue;
  const auto read = log_.read_stream(stream, 1, [&](const StoredEvent& first) {
    clue = tenant_clue(first.stream, record(first).event);
    return false;
  });
  // A stream that hasn't begun may be somebody's yet; damage is for those to tell who read the log.
  if (!read || !clue) return nobody();
  auto tenant = nobody();
  if (!clue->tenant.empty())
    tenant = std::make_shared<const std::string>(std::move(clue->tenant));
  else if (!clue->stream.empty() && clue->stream != stream && depth < depth_max)
    tenant = tenant_of_stream(clue->stream, depth + 1);
  remember(stream, tenant);
  return tenant;
}

TenantLookup::Tenant TenantLookup::known(std::string_view stream) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = young_.find(stream); found != young_.end()) return found->second;
  const auto found = old_.find(stream);
  if (found == old_.end()) return nullptr;
  auto tenant = found->second;
  young_.insert_or_assign(std::string(stream), tenant);
  return tenant;
}

void TenantLookup::remember(std::string_view stream, Tenant tenant) {
  const std::scoped_lock lock(mutex_);
  if (young_.size() >= known_count_max / 2) {
    old_ = std::move(young_);
    young_ = {};
  }
  young_.insert_or_assign(std::string(stream), std::move(tenant));
}

}  // namespace orrery
