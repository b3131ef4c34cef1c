#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "tests/http/mkinf/mkinf_server.hpp"

using namespace orrery;

namespace {

namespace json = boost::json;

constexpr auto words = R"("location":"us-east1-a","image":"ubuntu22.04-nvidia-pcie-docker",)"
                       R"("ssh_public_key":"ssh-rsa AAAAB...")";

struct Disks : MkinfServer {
  Disks() {
    add_node("node-1", 8);
    await_default_network();
  }

  std::string disk(std::string_view name, std::string_view type = "persistent-ssd",
                   std::string_view location = "us-east1-a") {
    const auto answer =
        post(in_project("/disks"), fmt::format(R"({{"name":"{}","type":"{}","size":"10GiB",)"
                                               R"("location":"{}"}})",
                                               name, type, location));
    end_of(answer, "/disks");
    return answer.at_pointer("/operation/metadata/id").as_string().c_str();
  }
  std::string running_vm(std::string_view name) {
    const auto created = create_vm(name, "l40s-48gb.1x");
    finish_start(created.vm_id);
    ended(created.operation_id);
    return created.vm_id;
  }
  std::string path(const std::string& vm_id, std::string_view rest) const {
    return in_project(fmt::format("/vms/{}{}", vm_id, rest));
  }
  json::value attach(const std::string& vm_id, const std::string& disk_id,
                     std::string_view mode = "read-write", unsigned status = 200) {
    return post(path(vm_id, "/attach-disks"),
                fmt::format(R"({{"attach_disks":[{{"disk_id":"{}","mode":"{}",)"
                            R"("attachment_type":"data"}}]}})",
                            disk_id, mode),
                status);
  }
  json::value detach(const std::string& vm_id, const std::string& disk_id, unsigned status = 200) {
    return post(path(vm_id, "/detach-disks"), fmt::format(R"({{"detach_disks":["{}"]}})", disk_id),
                status);
  }
  std::string names(const std::string& vm_id) {
    std::string text;
    const auto vm = get(path(vm_id, ""));
    for (const auto& disk : vm.at("disks").as_array())
      if (disk.at("attachment_type") == "data")
        text += fmt::format("{}:{} ", disk.at("name").as_string().c_str(),
                            disk.at("mode").as_string().c_str());
    return text;
  }
};

std::string message(const json::value& answer) { return answer.at("message").as_string().c_str(); }

}  // namespace

TEST_CASE("disks are attached to a VM and detached, and its ETag changes each time") {
  Disks server;
  const auto vm_id = server.running_vm("one");
  const auto disk_id = server.disk("data");
  const auto etag = [&] {
    return server.ask("GET", server.path(vm_id, ""), {{}, server.tenant.access_key, {}})
        .header("ETag");
  };
  const auto before = etag();
  const auto attached = server.end_of(server.attach(vm_id, disk_id));
  CHECK(attached.at("state") == "SUCCEEDED");
  CHECK(attached.at_pointer("/metadata/operation_name") == "ATTACH_DISKS");
  CHECK(attached.at_pointer("/result/disks/1/id") == json::string(disk_id));
  CHECK(server.names(vm_id) == "data:read-write ");
  const auto with_disk = etag();
  CHECK(with_disk != before);
  CHECK(server.end_of(server.detach(vm_id, disk_id)).at("state") == "SUCCEEDED");
  CHECK(server.names(vm_id).empty());
  CHECK(etag() != with_disk);
}

TEST_CASE("a create attaches its disks, and they outlive the VM") {
  Disks server;
  const auto disk_id = server.disk("data");
  const auto answer = server.post(
      server.in_project("/vms"),
      fmt::format(R"({{"name":"one","type":"l40s-48gb.1x",{},"disks":[{{"disk_id":"{}"}}]}})",
                  words, disk_id));
  const std::string vm_id = answer.at_pointer("/operation/metadata/id").as_string().c_str();
  CHECK(answer.at_pointer("/operation/metadata/request/disks/0/mode") == "read-write");
  server.finish_start(vm_id);
  CHECK(server.end_of(answer).at_pointer("/result/disks/1/name") == "data");
  CHECK(message(server.delete_(server.in_project("/disks/" + disk_id), 409)) ==
        fmt::format("The disk is attached to VM {}, detach it first", vm_id));
  const auto deletion = server.delete_(server.path(vm_id, ""));
  server.finish_stop(vm_id);
  server.end_of(deletion);
  const auto disk = server.get(server.in_project("/disks/" + disk_id));
  CHECK(disk.at("attached_to").as_array().empty());
}

TEST_CASE("a disk that is in use is refused at once") {
  Disks server;
  const auto one = server.running_vm("one");
  const auto two = server.running_vm("two");
  const auto disk_id = server.disk("data");
  REQUIRE(server.end_of(server.attach(one, disk_id)).at("state") == "SUCCEEDED");
  CHECK(message(server.attach(two, disk_id, "read-only", 409)) ==
        fmt::format("Disk {} is attached to VM {} as read-write: a persistent-ssd is for one VM "
                    "that writes, or for many that read",
                    disk_id, one));
  CHECK(
      message(server.attach(one, disk_id, "read-only", 409)) ==
      fmt::format("Disk {} is attached to the VM already as read-write, detach it first", disk_id));
  CHECK(message(server.detach(two, disk_id, 409)) ==
        fmt::format("Disk {} is not attached to the VM", disk_id));
  const auto shared = server.disk("shared", "shared-volume");
  CHECK(server.end_of(server.attach(one, shared)).at("state") == "SUCCEEDED");
  CHECK(server.end_of(server.attach(two, shared)).at("state") == "SUCCEEDED");
  CHECK(server.names(one) == "data:read-write shared:read-write ");
  CHECK(server.names(two) == "shared:read-write ");
}

TEST_CASE("a disk of elsewhere, of nobody or of a system can't be attached") {
  Disks server;
  const auto vm_id = server.running_vm("one");
  const auto far = server.disk("far", "persistent-ssd", "us-northcentral1-a");
  CHECK(message(server.attach(vm_id, far, "read-write", 400)) ==
        fmt::format("Disk {} lies at us-northcentral1-a, the VM at us-east1-a", far));
  CHECK(message(server.attach(vm_id, "x", "read-write", 400)) ==
        "disk_id \"x\" is unknown in this project");
  const std::string os_disk =
      server.get(server.path(vm_id, "")).at_pointer("/disks/0/id").as_string().c_str();
  server.attach(vm_id, os_disk, "read-write", 400);
  CHECK(message(server.detach(vm_id, os_disk, 409)) ==
        "An OS disk comes and goes with its VM and cannot be detached");
  CHECK(message(server.post(server.path(vm_id, "/attach-disks"), "{}", 400)) ==
        "attach_disks must name at least one disk");
  CHECK(message(server.post(server.path(vm_id, "/detach-disks"), R"({"detach_disks":[]})", 400)) ==
        "detach_disks must name at least one disk");
}

TEST_CASE("many VMs are created at once, each an operation of its own") {
  Disks server;
  const auto body =
      fmt::format(R"({{"name_prefix":"node","count":3,"type":"l40s-48gb.1x",{}}})", words);
  const auto ask = [&](const std::string& text) {
    return server.ask("POST", server.in_project("/vms/bulk-instances"),
                      {text, server.tenant.access_key, {"Idempotency-Key: bulk"}});
  };
  const auto first = ask(body);
  REQUIRE(first.status == 200);
  const auto operations = json::parse(json::string_view(first.body)).at("operations").as_array();
  REQUIRE(operations.size() == 3);
  for (int i = 0; i < 3; ++i) {
    const auto& metadata = operations[i].at("metadata");
    CHECK(metadata.at_pointer("/request/name") == json::string(fmt::format("node-{}", i + 1)));
    const std::string vm_id = metadata.at("id").as_string().c_str();
    server.finish_start(vm_id);
  }
  for (const auto& operation : operations)
    CHECK(server.ended(operation.at("operation_id").as_string().c_str()).at("state") ==
          "SUCCEEDED");
  CHECK(ask(body).body == first.body);
  CHECK(ask(body + " ").status == 422);
  CHECK(server.get(server.in_project("/vms")).at("items").as_array().size() == 3);
  // One key, whatever is asked for.
  CHECK(server
            .ask("POST", server.in_project("/vms"),
                 {fmt::format(R"({{"name":"a","type":"l40s-48gb.1x",{}}})", words),
                  server.tenant.access_key,
                  {"Idempotency-Key: bulk"}})
            .status == 422);
}

TEST_CASE("a bulk create says how many, and shares no disk that is for one") {
  Disks server;
  const auto refusal = [&](const std::string& more) {
    return message(server.post(server.in_project("/vms/bulk-instances"),
                               fmt::format(R"({{"type":"l40s-48gb.1x",{},{}}})", words, more),
                               400));
  };
  CHECK(refusal(R"("name_prefix":"n")") == "count is required");
  CHECK(refusal(R"("name_prefix":"n","count":0)") == "count must be a whole number from 1 to 100");
  CHECK(refusal(R"("count":2)") == "name_prefix is required");
  const auto disk_id = server.disk("data");
  CHECK(refusal(
            fmt::format(R"("name_prefix":"n","count":2,"disks":[{{"disk_id":"{}"}}])", disk_id)) ==
        fmt::format("Disk {} can't be attached to several VMs but read-only", disk_id));
}

TEST_CASE("a quota refuses a create with its limit and its use, and bulk creates as a whole") {
  Disks server;
  ProjectLimits limits;
  limits.vms = 2;
  server.set_quota(limits);
  server.running_vm("one");
  const auto answer = server.post(
      server.in_project("/vms/bulk-instances"),
      fmt::format(R"({{"name_prefix":"n","count":2,"type":"l40s-48gb.1x",{}}})", words), 403);
  CHECK(answer.at("code") == "quota_exceeded");
  CHECK(message(answer) ==
        "The project's quota vms is 2: it uses 1, and the request needs 2 more.");
  limits = {};
  limits.gpus["L40S-48GB"] = 2;
  server.set_quota(limits);
  const auto gpus =
      server.post(server.in_project("/vms"),
                  fmt::format(R"({{"name":"n","type":"l40s-48gb.2x",{}}})", words), 403);
  CHECK(message(gpus) ==
        "The project's quota gpus.L40S-48GB is 2: it uses 1, and the request needs 2 more.");
}
