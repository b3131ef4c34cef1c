#pragma once

#include <string>

#include "tests/http/native/admin/admin_people.hpp"

namespace orrery {

/// Everybody who may ask about a namespace: beside those of the organizations its owner, who signs
/// in with a password, and its token; and a second namespace that nobody manages.
struct NamespacePeople : AdminPeople {
  NamespacePeople() {
    order("POST", "/orrery/v1/namespaces",
          fmt::format(R"({{"id":"own","account_id":"{}"}})", account_of("member@example.org")));
    order("POST", "/orrery/v1/namespaces", R"({"id":"other"})");
    token = new_token("own");
    other_token = new_token("other");
    owner = member;
  }

  std::string account_of(std::string_view email) {
    const auto found = order("GET", fmt::format("/orrery/v1/accounts?email={}", email));
    return text(found.at("items").at(0), "id");
  }
  std::string new_token(std::string_view namespace_id) {
    return text(order("POST", fmt::format("/orrery/v1/namespaces/{}/tokens", namespace_id),
                      R"({"name":"test"})"),
                "token");
  }

  const std::string own = "/orrery/v1/namespaces/own";
  std::string owner;
  std::string token;
  std::string other_token;
};

}  // namespace orrery
