#include "http/crusoe/surface.hpp"

#include <string>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "events/folds/quota_check.hpp"

namespace orrery {

namespace {

/// The words of the dialect go by the status; a status that it doesn't know keeps our word.
std::string_view word_of(const mkinf::Refusal& refusal) {
  switch (refusal.status) {
    case 400:
      return "bad_request";
    case 401:
      return "bad_credential";
    case 403:
      return refusal.code == quota_exceeded_code ? quota_exceeded_code : "unauthorized";
    case 404:
      return "not_found";
    case 429:
      return "too_many_requests";
    case 500:
      return "internal_error";
    default:
      return refusal.code;
  }
}

Response refused(const mkinf::Refusal& refusal) {
  Response response;
  response.status = refusal.status;
  response.body =
      boost::json::serialize(boost::json::object{{"code", std::to_string(refusal.status)},
                                                 {"message", word_of(refusal)},
                                                 {"detail", refusal.message}});
  response.headers = refusal.headers;
  return response;
}

mkinf::Refusal unknown_route() { return {404, "not_found", "route not found", {}}; }

}  // namespace

const mkinf::Surface& crusoe_surface() {
  static constexpr mkinf::Surface surface{
      .root = "/v1alpha5",
      .refused = refused,
      .unknown_route = unknown_route,
      .tenancy_in_items = true,
      .signatures = true,
      .organizations = "/v1alpha5/organizations/entities",
      .projects = "/v1alpha5/organizations/projects",
      .specs = "/v1alpha5/projects/{project_id}/compute/vms/types",
      .images = "/v1alpha5/compute/images",
      .locations = "/v1alpha5/locations",
      .vms = "/v1alpha5/projects/{project_id}/compute/vms/instances",
      .disks = "/v1alpha5/projects/{project_id}/storage/disks",
      .networks = "/v1alpha5/projects/{project_id}/networking/vpc-networks",
      .subnets = "/v1alpha5/projects/{project_id}/networking/vpc-subnets",
      .firewall_rules = "/v1alpha5/projects/{project_id}/networking/vpc-firewall-rules",
      .organization_usage = "/v1alpha5/organizations/{organization_id}/usage",
      .project_usage = {},
  };
  return surface;
}

}  // namespace orrery
