#include <string>

#include <catch2/catch.hpp>

#include "http/gpushare/mail_address.hpp"

using orrery::gpushare::is_mail_address;

TEST_CASE("mail addresses are those that Django takes") {
  for (const auto address :
       {"a@b.de", "a.b-c+d@sub.example.com", "\"a b\"@example.com", "a@localhost", "a@[127.0.0.1]",
        "a@[::1]", "!#$%&'*+/=?^_`{}|~@example.com", "a@x.y-z", "a@bücher.example",
        "\"\\\"\"@example.com", "a@b.-de"})
    CHECK(is_mail_address(address));
  for (const auto address :
       {"",        "a",           "@b.de",    "a@",       "a@b",          "a@b.c",    ".a@b.de",
        "a.@b.de", "a..b@b.de",   "a b@b.de", "a@-b.de",  "a@b-.de",      "a@b..de",  "a@.de",
        "a@b.de.", "a@[nowhere]", "\"@b.de",  "\"a@b.de", "\"a\n\"@b.de", "a@b.de\n", "ä@b.de"})
    CHECK_FALSE(is_mail_address(address));
  CHECK_FALSE(is_mail_address(std::string(320, 'a') + "@b.de"));
  CHECK_FALSE(is_mail_address("a@" + std::string(64, 'b') + ".de"));
}
