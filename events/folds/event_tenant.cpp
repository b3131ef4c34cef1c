#include "events/folds/event_tenant.hpp"

#include <array>
#include <utility>
#include <variant>

#include "events/stream_name.hpp"

namespace orrery {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view project = "project", namespace_ = "namespace", client = "client",
                           center_user = "center_user";

TenantClue of(std::string_view kind, std::string_view id) {
  return id.empty() ? TenantClue{} : TenantClue{stream_name(kind, id)};
}
TenantClue see(std::string_view aggregate, std::string_view id) {
  return id.empty() ? TenantClue{} : TenantClue{{}, stream_name(aggregate, id)};
}

TenantClue of_key(const AccessKeyIssued& key) {
  if (key.scope == KeyScope::project) return of(project, key.scope_id);
  if (key.scope == KeyScope::namespace_) return of(namespace_, key.scope_id);
  return {};
}

/// Events that say whose they are, or where that is said.
struct Says {
  TenantClue operator()(const VmRequested& event) const {
    return of(project, event.specification.project_id);
  }
  TenantClue operator()(const DiskCreated& event) const {
    return of(project, event.specification.project_id);
  }
  TenantClue operator()(const NetworkCreated& event) const { return of(project, event.project_id); }
  TenantClue operator()(const FirewallRuleCreated& event) const {
    return of(project, event.project_id);
  }
  TenantClue operator()(const OperationStarted& event) const {
    return of(project, event.project_id);
  }
  TenantClue operator()(const AccessKeyIssued& event) const { return of_key(event); }

  TenantClue operator()(const InstanceRequested& event) const {
    return of(namespace_, event.specification.namespace_id);
  }
  TenantClue operator()(const VolumeCreated& event) const {
    return of(namespace_, event.namespace_id);
  }
  TenantClue operator()(const ContainerImageSaved& event) const {
    return of(namespace_, event.namespace_id);
  }

  TenantClue operator()(const HandleClaimed& event) const { return of(client, event.client_id); }
  TenantClue operator()(const HandleReleased& event) const { return of(client, event.client_id); }
  TenantClue operator()(const GpuRecordCreated& event) const { return of(client, event.client_id); }
  TenantClue operator()(const GpuRecordChanged& event) const { return of(client, event.client_id); }
  TenantClue operator()(const SharedNodeRegistered& event) const {
    return of(client, event.client_id);
  }
  TenantClue operator()(const InferenceAsked& event) const { return of(client, event.client_id); }
  TenantClue operator()(const InferenceChanged& event) const { return of(client, event.client_id); }

  TenantClue operator()(const JobSubmitted& event) const {
    return of(center_user, event.specification.user);
  }
  TenantClue operator()(const JobArraySubmitted& event) const {
    return of(center_user, event.specification.user);
  }

  TenantClue operator()(const LeaseRequested& event) const { return {{}, event.holder}; }
  TenantClue operator()(const GpuClaimed& event) const { return see("lease", event.lease_id); }
  TenantClue operator()(const GpuReleased& event) const { return see("lease", event.lease_id); }
};

/// Streams whose names say whose they are, with the kind of tenant; empty: nobody's at all.
constexpr std::array<std::pair<std::string_view, std::string_view>, 18> kinds{{
    {"project"sv, project},
    {"quota"sv, project},
    {"wallet"sv, namespace_},
    {"client"sv, client},
    {"center_user"sv, center_user},
    {"gpu"sv, ""sv},
    {"node"sv, ""sv},
    {"cluster"sv, ""sv},
    {"service"sv, ""sv},
    {"service_group"sv, ""sv},
    {"account"sv, ""sv},
    {"organization"sv, ""sv},
    {"image"sv, ""sv},
    {"price"sv, ""sv},
    {"webhook"sv, ""sv},
    {"simulated_cluster"sv, ""sv},
    {"reservation"sv, ""sv},
    {"log"sv, ""sv},
}};

TenantClue by_name(std::string_view stream) {
  const auto aggregate = stream_aggregate(stream);
  for (const auto& [name, kind] : kinds)
    if (name == aggregate) return kind.empty() ? TenantClue{} : of(kind, stream_id(stream));
  return {{}, std::string(stream)};
}

}  // namespace

TenantClue tenant_clue(std::string_view stream, const Event& event) {
  return std::visit(
      [&](const auto& payload) {
        if constexpr (requires { Says()(payload); })
          return Says()(payload);
        else
          return by_name(stream);
      },
      event);
}

bool is_tenant(std::string_view tenant, std::string_view wanted) {
  return !tenant.empty() && (tenant == wanted || stream_id(tenant) == wanted);
}

}  // namespace orrery
