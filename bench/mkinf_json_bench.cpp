// What a request costs in JSON: reading a create's body, rendering a VM, rendering an operation.
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "bench/bench_report.hpp"
#include "http/mkinf/operation_json.hpp"
#include "http/mkinf/vm_json.hpp"
#include "http/mkinf/vm_request.hpp"

using namespace orrery;

namespace {

VmDetails running_vm() {
  VmDetails vm;
  vm.id = "b3e571f6-c87d-4135-8081-ab219e92544e";
  vm.specification = {"3291380a-19e9-4892-a139-2fa92aa740e2",
                      "mkinf-node",
                      "l40s-48gb.1x",
                      "us-east1-a",
                      "ubuntu22.04-nvidia-pcie-docker",
                      "us-east1-a",
                      "L40S-48GB",
                      1,
                      {}};
  vm.identity = {"52822513-e425-4be9-8dd8-5c21d561ce11", "B74EEFE8EFA0988490E",
                 "fdf58fb1-0185-40f2-aa20-b620e8a8562d", "2e:2f:ae:ef:ae:16",
                 "e130674a-c05e-4345-b8a4-7928c6649574"};
  vm.state = VmState::running;
  vm.private_ipv4 = "172.27.23.237";
  vm.public_ipv4 = "204.52.24.84";
  return vm;
}

Catalogue one_image_and_cluster() {
  Catalogue catalogue;
  catalogue.images.push_back(
      {"9abde4b7-15e8-4abd-891c-42242eb3567e", {"ubuntu22.04-nvidia-pcie-docker", "", {}, {}}, {}});
  catalogue.clusters.push_back({"us-east1-a", {"us-east1-a", {}, {}}, {"L40S-48GB"}});
  return catalogue;
}

/// Median of nanoseconds a call, over seven rounds.
void measure(const char* name, int count, const std::function<std::size_t()>& work) {
  std::vector<double> rounds;
  std::size_t hash = 0;
  for (int round = 0; round < 7; ++round) {
    const Stopwatch watch;
    hash = 0;
    for (int i = 0; i < count; ++i) hash = hash * 31 + work();
    rounds.push_back(watch.seconds() * 1e9 / count);
  }
  fmt::print(R"({{"bench":"{}","unit":"ns","measured":{:.0f},"hash":"{:016x}"}})"
             "\n",
             name, percentile(rounds, 0.5), hash);
}

/// 2,048 bits, such as nobody has the private part of.
std::string rsa_key() {
  return "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDDbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB1L9RIv"
         "NEVUxTveLruM0rfj0WAK1jHDhaXXzOI8d4VFmtvBtMkA/+SNV1tdpcY4BAEl9l2w/j4kSUt26phkV9mGCE/tCLl4"
         "r019GWp0RqhrWACeY2thHbFiEbZamq3/KcXlLZxQjFAjRzRNjAetkcvWBor8df9ikvBioJyjgcieced7mprp4wsN"
         "vbb1EKJk753ngVAde2uSronrBZxat0PbZ1humPrSfaC5lovAOaHvNMk5ubjlI6i++J1HhgjF7PbKNYdY9tJ+bPRS"
         "cpN5d6dI/Yg5HbZ5ztp9x78fAF7o";
}

}  // namespace

int main(int argc, char** argv) {
  const int count = wants_tiny(argc, argv) ? 100 : 200'000;
  const auto catalogue = one_image_and_cluster();
  const std::string body =
      R"({"name":"mkinf-node-01","type":"l40s-48gb.2x","location":"us-east1-a",)"
      R"("image":"ubuntu22.04-nvidia-pcie-docker","ssh_public_key":")" +
      rsa_key() + R"( me@example.org"})";
  measure("mkinf_read_create", count,
          [&] { return mkinf::read_vm_request(body, catalogue).value().name.size(); });
  const auto vm = running_vm();
  measure("mkinf_render_vm", count, [&] { return mkinf::render_vm(vm).size(); });
  OperationDetails operation;
  operation.id = operation.target_id = vm.id;
  const auto request = mkinf::read_vm_request(body, catalogue).value();
  measure("mkinf_render_started", count, [&] {
    return boost::json::serialize(
               mkinf::operation_json(operation, mkinf::request_json(request), nullptr))
        .size();
  });
}
