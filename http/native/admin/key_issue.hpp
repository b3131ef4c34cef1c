#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "http/native/admin/admin_body.hpp"

namespace orrery::admin {

/// A key as its owners see it: never the key itself.
boost::json::object key_json(const Call& call, const KeyDetails& key);

/// What a request for a new key says.
struct KeyWords {
  std::string name;
  /// Empty for the whole organization.
  std::string project_id;
  /// 0: never.
  std::int64_t expires_at_us = 0;
};
KeyWords read_key(const Call& call, JsonFields& fields);

/// Issues a key and answers it: the only time that it is shown.
void issue_key(const Call& call, std::string_view prefix, KeyScope scope, std::string scope_id,
               const KeyWords& words);

/// 204 once the key is dead.
void revoke_key(const Call& call, const std::string& key_id);

}  // namespace orrery::admin
