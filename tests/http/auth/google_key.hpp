#pragma once

#include <fstream>
#include <memory>
#include <string>

#include <cjose/cjose.h>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace orrery {

/// A key such as Google's, which signs ID tokens in tests.
class GoogleKey {
 public:
  explicit GoogleKey(std::string id = "key-1", std::size_t bits = 2048) : id_(std::move(id)) {
    cjose_err error{};
    const unsigned char exponent[] = {1, 0, 1};
    key_.reset(cjose_jwk_create_RSA_random(bits, exponent, sizeof exponent, &error));
    cjose_jwk_set_kid(key_.get(), id_.c_str(), id_.size(), &error);
  }

  const std::string& id() const { return id_; }

  /// Its public part, as in a key set.
  boost::json::object words() const {
    cjose_err error{};
    char* const text = cjose_jwk_to_json(key_.get(), false, &error);
    auto words = boost::json::parse(text).as_object();
    cjose_get_dealloc()(text);
    words["use"] = "sig";
    words["alg"] = "RS256";
    return words;
  }

  /// A token with these claims; `header` is what stands in it besides, or instead.
  std::string sign(const boost::json::object& claims, boost::json::object header = {}) const {
    cjose_err error{};
    auto* const fields = cjose_header_new(&error);
    header.insert({{"alg", "RS256"}, {"kid", id_}});
    for (const auto& [key, value] : header) {
      const std::string name(key);
      if (value.is_string())
        cjose_header_set(fields, name.c_str(), value.get_string().c_str(), &error);
      else
        cjose_header_set_raw(fields, name.c_str(), boost::json::serialize(value).c_str(), &error);
    }
    const auto text = boost::json::serialize(claims);
    auto* const token =
        cjose_jws_sign(key_.get(), fields, reinterpret_cast<const std::uint8_t*>(text.data()),
                       text.size(), &error);
    const char* compact = nullptr;
    cjose_jws_export(token, &compact, &error);
    std::string signed_text(compact);
    cjose_jws_release(token);
    cjose_header_release(fields);
    return signed_text;
  }

 private:
  struct Release {
    void operator()(cjose_jwk_t* key) const { cjose_jwk_release(key); }
  };
  std::string id_;
  std::unique_ptr<cjose_jwk_t, Release> key_;
};

/// Claims that are good at `now_s`, for the application "orrery-app".
inline boost::json::object google_claims(std::int64_t now_s, std::string_view email) {
  return {{"iss", "https://accounts.google.com"},
          {"aud", "orrery-app"},
          {"sub", "1234567890"},
          {"email", email},
          {"email_verified", true},
          {"picture", "https://lh3.example/ada.png"},
          {"iat", now_s - 10},
          {"exp", now_s + 3590}};
}

/// A key set with these keys.
template <class... Keys>
std::string key_set_of(const Keys&... keys) {
  return boost::json::serialize(boost::json::object{{"keys", {keys.words()...}}});
}

}  // namespace orrery
