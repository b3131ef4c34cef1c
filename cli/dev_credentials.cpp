#include "cli/dev_credentials.hpp"

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace orrery {

std::string dev_credentials_json(const BootstrapCredentials& credentials,
                                 std::string_view base_url) {
  const boost::json::object mkinf{{"email", credentials.email},
                                  {"password", credentials.password},
                                  {"access_key", credentials.access_key},
                                  {"organization_id", credentials.organization_id},
                                  {"project_id", credentials.project_id}};
  const boost::json::object orrery{{"operator_key", credentials.operator_key},
                                   {"url", std::string(base_url)}};
  return boost::json::serialize(boost::json::object{{"mkinf", mkinf}, {"orrery", orrery}}) + "\n";
}

std::string dev_welcome(const BootstrapCredentials& credentials, std::string_view base_url,
                        std::string_view credentials_file) {
  const auto project = fmt::format("{}/v0.1/projects/{}", base_url, credentials.project_id);
  const auto curl = fmt::format("curl -sS -H 'Authorization: Bearer {}'", credentials.access_key);
  return fmt::format(
      R"(Orrery serves at {url}

  email         {email}
  password      {password}
  access key    {access_key}
  operator key  {operator_key}
  organization  {organization}
  project       {project_id}
  (also in {file})

What is free, a VM, and how it is doing:

  {curl} '{project}/availabilities?product_name=l40s-48gb.2x'
  {curl} -H 'Content-Type: application/json' {project}/vms -d '{{"name": "node-01", "type": "l40s-48gb.2x", "location": "us-southcentral1-a", "image": "ubuntu22.04-nvidia-pcie-docker", "ssh_public_key": "ssh-rsa AAAAB"}}'
  {curl} {project}/vms

Stop with Ctrl-C.
)",
      fmt::arg("url", base_url), fmt::arg("email", credentials.email),
      fmt::arg("password", credentials.password), fmt::arg("access_key", credentials.access_key),
      fmt::arg("operator_key", credentials.operator_key),
      fmt::arg("organization", credentials.organization_id),
      fmt::arg("project_id", credentials.project_id), fmt::arg("file", credentials_file),
      fmt::arg("curl", curl), fmt::arg("project", project));
}

}  // namespace orrery
