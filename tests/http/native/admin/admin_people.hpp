#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "tests/http/mkinf/mkinf_server.hpp"

namespace orrery {

/// A server with everybody who may ask the administration: an operator, an admin (by session and by
/// the organization's key), a member, a project's key, and a stranger, who is admin elsewhere.
struct AdminPeople {
  AdminPeople() {
    organization = "/orrery/v1/organizations/" + server.tenant.organization_id;
    project = "/orrery/v1/projects/" + server.tenant.project_id;
    add_member("member@example.org", "member", "member's password");
    admin = signed_in(server.tenant.email, server.tenant.password);
    member = signed_in("member@example.org", "member's password");
  }

  WireAnswer ask(std::string_view method, std::string_view target, std::string_view key,
                 std::string body = {}, std::vector<std::string> headers = {}) {
    return server.ask(method, target, {std::move(body), std::string(key), std::move(headers)});
  }
  /// As the operator, with the answer's body.
  boost::json::value order(std::string_view method, std::string_view target,
                           std::string body = {}) {
    const auto answer = ask(method, target, server.tenant.operator_key, std::move(body));
    INFO(answer.head << "\n" << answer.body);
    REQUIRE(answer.status < 300);
    return answer.body.empty() ? boost::json::value() : boost::json::parse(answer.body);
  }

  boost::json::value add_member(std::string_view email, std::string_view role,
                                std::string_view password) {
    return order(
        "POST", organization + "/members",
        fmt::format(R"({{"email":"{}","role":"{}","password":"{}"}})", email, role, password));
  }

  WireAnswer sign_in(std::string_view email, std::string_view password) {
    return server.ask("POST", "/v0.1/auth/token",
                      {fmt::format(R"({{"grant_type":"password","email":"{}","password":"{}"}})",
                                   email, password),
                       {},
                       {}});
  }
  /// The access token.
  std::string signed_in(std::string_view email, std::string_view password) {
    const auto answer = sign_in(email, password);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return boost::json::parse(answer.body).at("access_token").as_string().c_str();
  }

  MkinfServer server;
  std::string organization;
  std::string project;
  std::string admin;
  std::string member;
};

inline std::string text(const boost::json::value& value, std::string_view name) {
  return value.at(name).as_string().c_str();
}
inline std::string code_of(const WireAnswer& answer) {
  return text(boost::json::parse(answer.body), "code");
}

}  // namespace orrery
