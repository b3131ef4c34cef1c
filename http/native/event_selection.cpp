#include "http/native/event_selection.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "events/folds/event_tenant.hpp"
#include "projections/tenants/tenant_lookup.hpp"

namespace orrery {

namespace {

/// "vm/" stands for all that begins with it, "vm/7" for itself.
bool names(std::string_view entry, char last_of_prefix, std::string_view name) {
  return entry.ends_with(last_of_prefix) ? name.starts_with(entry) : name == entry;
}

bool names_type(std::string_view entry, std::string_view type) { return names(entry, '.', type); }

std::vector<std::uint16_t> tags_of(const std::vector<std::string>& types) {
  std::vector<std::uint16_t> tags;
  for (std::size_t index = 0; index < Events::size; ++index) {
    const auto is_named = [&](const std::string& entry) {
      return names_type(entry, Events::names[index]);
    };
    if (std::ranges::any_of(types, is_named)) tags.push_back(Events::tags[index]);
  }
  std::ranges::sort(tags);
  return tags;
}

bool is_known_type(const std::string& entry) {
  return std::ranges::any_of(Events::names,
                             [&](std::string_view type) { return names_type(entry, type); });
}

template <class Check>
std::optional<std::string> problem_of_field(std::string_view field,
                                            const std::vector<std::string>& entries,
                                            std::string_view wanted, const Check& check) {
  if (entries.size() > filter_entries_max)
    return fmt::format("{}: at most {} entries", field, filter_entries_max);
  for (const auto& entry : entries)
    if (entry.empty() || entry.size() > filter_entry_bytes_max || !check(entry))
      return fmt::format("{}: \"{}\" is no {}", field, entry.substr(0, filter_entry_bytes_max),
                         wanted);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> problem_of(const WebhookFilter& filter) {
  const auto has_slash = [](const std::string& entry) {
    const auto slash = entry.find('/');
    return slash != std::string::npos && slash > 0;
  };
  auto problem = problem_of_field("streams", filter.streams,
                                  "name of a stream such as vm/<id>, or of all of a kind such as "
                                  "vm/",
                                  has_slash);
  if (!problem)
    problem = problem_of_field("types", filter.types,
                               "type of event such as vm.started, or all of a kind such as vm.",
                               is_known_type);
  if (!problem)
    problem = problem_of_field("tenants", filter.tenants, "tenant",
                               [](const std::string&) { return true; });
  return problem;
}

EventSelection::EventSelection(WebhookFilter filter, TenantLookup* tenants)
    : filter_(std::move(filter)), tags_(tags_of(filter_.types)), tenants_(tenants) {}

bool EventSelection::wants_stream(std::string_view stream) const {
  return filter_.streams.empty() ||
         std::ranges::any_of(filter_.streams,
                             [&](const std::string& entry) { return names(entry, '/', stream); });
}

bool EventSelection::may_want(std::string_view stream, std::uint16_t tag) const {
  if (!filter_.types.empty() && !std::ranges::binary_search(tags_, tag)) return false;
  return wants_stream(stream);
}

bool EventSelection::wants(const RecordedEvent& recorded) const {
  if (!may_want(recorded.stream, tag_of(recorded.event))) return false;
  if (!needs_tenants()) return true;
  if (!tenants_) return false;
  const auto tenant = tenants_->tenant_of(recorded);
  return std::ranges::any_of(filter_.tenants,
                             [&](const std::string& wanted) { return is_tenant(tenant, wanted); });
}

std::string_view EventSelection::only_stream() const {
  if (filter_.streams.size() != 1 || filter_.streams.front().ends_with('/')) return {};
  return filter_.streams.front();
}

}  // namespace orrery
