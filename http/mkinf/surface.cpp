#include "http/mkinf/surface.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace orrery::mkinf {

namespace {

Response refused(const Refusal& refusal) {
  Response response;
  response.status = refusal.status;
  response.body = boost::json::serialize(boost::json::object{
      {"status", refusal.status}, {"code", refusal.code}, {"message", refusal.message}});
  response.headers = refusal.headers;
  return response;
}

Refusal unknown_route() { return {501, "not_implemented", "Route not found", {}}; }

}  // namespace

const Surface& mkinf_surface() {
  static constexpr Surface surface{
      .root = "/v0.1",
      .refused = refused,
      .unknown_route = unknown_route,
      .organizations = "/v0.1/organizations",
      .projects = "/v0.1/projects",
      .specs = "/v0.1/projects/{project_id}/specs",
      .images = "/v0.1/projects/{project_id}/images",
      .locations = "/v0.1/projects/{project_id}/locations",
      .vms = "/v0.1/projects/{project_id}/vms",
      .disks = "/v0.1/projects/{project_id}/disks",
      .networks = "/v0.1/projects/{project_id}/vpc/networks",
      .subnets = "/v0.1/projects/{project_id}/vpc/subnets",
      .firewall_rules = "/v0.1/projects/{project_id}/vpc/firewall-rules",
      .organization_usage = "/v0.1/organizations/{organization_id}/usage",
      .project_usage = "/v0.1/projects/{project_id}/usage",
  };
  return surface;
}

}  // namespace orrery::mkinf
