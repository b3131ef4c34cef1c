#include "storage/chain.hpp"

#include <cstdlib>

#include <fmt/format.h>
#include <openssl/evp.h>

namespace orrery {

struct ChainHasher::Context {
  EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MD_CTX* context = EVP_MD_CTX_new();

  ~Context() {
    EVP_MD_CTX_free(context);
    EVP_MD_free(algorithm);
  }
};

ChainHasher::ChainHasher() : context_(std::make_unique<Context>()) {}
ChainHasher::~ChainHasher() = default;

ChainHash ChainHasher::operator()(std::string_view bytes) {
  ChainHash hash;
  const bool hashed = EVP_DigestInit_ex2(context_->context, context_->algorithm, nullptr) == 1 &&
                      EVP_DigestUpdate(context_->context, bytes.data(), bytes.size()) == 1 &&
                      EVP_DigestFinal_ex(context_->context, hash.data(), nullptr) == 1;
  if (!hashed) std::abort();  // Out of memory, or a libcrypto without SHA-256: nothing can go on.
  return hash;
}

std::string to_hex(const ChainHash& hash) {
  std::string hex;
  for (const auto byte : hash) fmt::format_to(std::back_inserter(hex), "{:02x}", byte);
  return hex;
}

}  // namespace orrery
