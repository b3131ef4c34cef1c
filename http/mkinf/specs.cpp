#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "http/mkinf/resources.hpp"
#include "http/mkinf/vm_types.hpp"

namespace orrery::mkinf {

namespace {

boost::json::object spec_json(const VmType& type) {
  return {{"product_name", type.product_name}, {"description", type.description},
          {"cpu_cores", type.cpu_cores},       {"cpu_type", "vCPU"},
          {"memory_gb", type.memory_gb},       {"memory_type", "ram"},
          {"disk_gb", type.disk_gb},           {"disk_type", type.disk_type},
          {"num_gpu", type.gpu_count},         {"gpu_type", type.gpu_model}};
}

}  // namespace

/// The table never changes, so its bytes are made once.
void add_specs(Routes& routes) {
  boost::json::array items;
  for (const auto& type : vm_types()) items.push_back(spec_json(type));
  const auto body = std::make_shared<const std::string>(
      boost::json::serialize(boost::json::object{{"items", std::move(items)}}));
  const auto list = [body](const Context&, const Request&, const Principal&, const Reply& reply) {
    Response response;
    response.prepared_body = body;
    reply(std::move(response));
  };
  routes.add(Method::get, routes.surface().specs, list);
}

}  // namespace orrery::mkinf
