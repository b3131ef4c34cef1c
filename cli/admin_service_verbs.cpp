#include "cli/admin_arguments.hpp"

namespace orrery::admin_arguments {

std::vector<AdminVerb> of_services() {
  return {
      {"service",
       "list",
       "services, ended ones too, in the order of creation",
       "GET",
       "/services",
       {in_query("status", "of this status alone, such as pending or failed"),
        in_query("group", "replicas of this group alone, such as sg-17")},
       {"id", "name", "recipe", "cluster", "status", "reason"}},
      {"service",
       "show",
       "one: where it runs, what it waits for, how it ended",
       "GET",
       "/services/{service_id}",
       {in_path("service_id", "id of the service")},
       {}},
  };
}

}  // namespace orrery::admin_arguments
