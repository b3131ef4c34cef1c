#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "tests/http/mkinf/mkinf_server.hpp"

using namespace orrery;

namespace {

/// Names in the list, with where it goes on: "a b | next prev".
std::string names(const boost::json::value& list) {
  std::string text;
  for (const auto& item : list.at("items").as_array())
    text += std::string(item.at("name").as_string().c_str()) + " ";
  text += "|";
  if (list.as_object().contains("next_page_token")) text += " next";
  if (list.as_object().contains("prev_page_token")) text += " prev";
  return text;
}

std::string token(const boost::json::value& list, std::string_view name) {
  return list.at(name).as_string().c_str();
}

}  // namespace

TEST_CASE("a long list of VMs comes in pages, forwards and backwards") {
  MkinfServer server;
  server.add_node("node-1", 8);
  for (const auto name : {"a", "b", "c", "d", "e"}) server.create_vm(name, "l40s-48gb.1x");
  const auto vms = server.in_project("/vms");
  CHECK(names(server.get(vms)) == "a b c d e |");
  const auto first = server.get(vms + "?limit=2");
  CHECK(names(first) == "a b | next");
  const auto second = server.get(vms + "?limit=2&next_token=" + token(first, "next_page_token"));
  CHECK(names(second) == "c d | next prev");
  const auto third = server.get(vms + "?limit=2&next_token=" + token(second, "next_page_token"));
  CHECK(names(third) == "e | prev");
  const auto back = server.get(vms + "?limit=2&prev_token=" + token(third, "prev_page_token"));
  CHECK(names(back) == "c d | next prev");
  const auto front = server.get(vms + "?limit=2&prev_token=" + token(back, "prev_page_token"));
  CHECK(names(front) == "a b | next");
  CHECK(names(server.get(vms + "?limit=2&next_token=" + token(front, "next_page_token"))) ==
        "c d | next prev");
}

TEST_CASE("VMs are filtered by what they are") {
  MkinfServer server;
  server.add_node("node-1", 8);
  const auto one = server.create_vm("one", "l40s-48gb.1x");
  const auto two = server.create_vm("two", "l40s-48gb.2x");
  server.finish_start(two.vm_id);
  server.ended(two.operation_id);
  const auto found = [&](const std::string& query) {
    return names(server.get(server.in_project("/vms?" + query)));
  };
  CHECK(found("ids=" + one.vm_id) == "one |");
  CHECK(found("ids=" + one.vm_id + "," + two.vm_id) == "one two |");
  CHECK(found("names=two,three") == "two |");
  CHECK(found("types=l40s-48gb.1x") == "one |");
  CHECK(found("locations=us-east1-a&states=STATE_RUNNING") == "two |");
  CHECK(found("locations=us-northcentral1-a") == "|");
}

TEST_CASE("operations are filtered by resource, state and time") {
  MkinfServer server;
  server.add_node("node-1", 8);
  const auto one = server.create_vm("one", "l40s-48gb.1x");
  const auto two = server.create_vm("two", "l40s-48gb.2x");
  server.finish_start(one.vm_id);
  server.ended(one.operation_id);
  server.create_vm("three", "l40s-48gb.1x");
  const auto found = [&](const std::string& query) {
    std::string text;
    const auto list = server.get(server.in_project("/vms/operations?" + query));
    for (const auto& item : list.at("items").as_array())
      text += std::string(item.at_pointer("/metadata/request/name").as_string().c_str()) + " ";
    return text;
  };
  CHECK(found("") == "one two three ");
  CHECK(found("resource_id=" + two.vm_id) == "two ");
  CHECK(found("state=IN_PROGRESS") == "two three ");
  CHECK(found("state=SUCCEEDED") == "one ");
  CHECK(found("lower_time_bound=2024-06-16T15:52:53Z") == "three ");
  CHECK(found("lower_time_bound=2024-06-16T17:52:53%2B02:00") == "three ");
  CHECK(found("lower_time_bound=2024-06-16T15:52:41Z") == "one two three ");
}

TEST_CASE("VMs are listed in any order, page by page") {
  MkinfServer server;
  server.add_node("node-1", 8);
  for (const auto& [name, type] : {std::pair("b", "l40s-48gb.1x"),
                                   {"d", "l40s-48gb.2x"},
                                   {"a", "l40s-48gb.1x"},
                                   {"c", "l40s-48gb.2x"}}) {
    server.create_vm(name, type);
    server.clock.advance(std::chrono::seconds(1));
  }
  const auto sorted = [&](const std::string& query) {
    return server.get(server.in_project("/vms?sort=" + query));
  };
  CHECK(names(sorted("name")) == "a b c d |");
  CHECK(names(sorted("-name")) == "d c b a |");
  CHECK(names(sorted("created_at")) == "b d a c |");
  CHECK(names(sorted("-created_at")) == "c a d b |");
  CHECK(names(sorted("-type&names=a,d")) == "d a |");
  CHECK(names(sorted("name&types=l40s-48gb.1x")) == "a b |");
  const auto first = sorted("name&limit=3");
  CHECK(names(first) == "a b c | next");
  const auto second = sorted("name&limit=3&next_token=" + token(first, "next_page_token"));
  CHECK(names(second) == "d | prev");
  CHECK(names(sorted("name&limit=2&prev_token=" + token(second, "prev_page_token"))) ==
        "b c | next prev");
  // A token stays good when what it names is gone.
  const auto vms = server.get(server.in_project("/vms?names=c")).at("items");
  const std::string c = vms.at(0).at("id").as_string().c_str();
  const auto deletion = server.delete_(server.in_project("/vms/" + c));
  server.finish_stop(c);
  server.end_of(deletion);
  CHECK(names(sorted("name&limit=3&next_token=" + token(first, "next_page_token"))) == "d | prev");
  CHECK(server.get(server.in_project("/vms?sort=colour"), 400).at("message") ==
        "sort must be created_at, name, type, location or state, with a minus before it for the "
        "other way round");
}

TEST_CASE("a page token tells nothing, and only the server can make one") {
  MkinfServer server;
  server.add_node("node-1", 8);
  for (const auto name : {"a", "b", "c"}) server.create_vm(name, "l40s-48gb.1x");
  auto text = token(server.get(server.in_project("/vms?limit=1")), "next_page_token");
  CHECK(text.size() == 32);
  text[0] = text[0] == 'A' ? 'B' : 'A';
  CHECK(server.get(server.in_project("/vms?next_token=" + text), 400).at("message") ==
        "next_token is unknown");
}
