#include "drivers/slurm/claim/claim_secret.hpp"

#include <boost/algorithm/hex.hpp>
#include <catch2/catch.hpp>

using namespace orrery;

TEST_CASE("secrets of claims are 32 bytes in lower-case hex, each another") {
  const auto secret = draw_claim_secret();
  CHECK(secret.size() == 64);
  CHECK(secret.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(draw_claim_secret() != secret);
}

TEST_CASE("the digest of a secret is the SHA-256 of its text") {
  CHECK(boost::algorithm::hex_lower(digest_of_claim_secret("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
