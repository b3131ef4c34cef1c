#include "http/neolink/instance_access.hpp"

#include <cstddef>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery::neolink {

namespace {

std::string letters_of(std::span<const std::uint8_t> bytes, std::string_view alphabet) {
  std::string text;
  for (const auto byte : bytes) text.push_back(alphabet[byte % alphabet.size()]);
  return text;
}

}  // namespace

std::string jupyter_token(const EdgeSecret& secret, std::string_view uid) {
  const auto seal = secret.seal_of("neolink jupyterlab", uid);
  return fmt::format("{:02x}", fmt::join(std::span(seal).first<16>(), ""));
}

std::string ssh_password(const EdgeSecret& secret, std::string_view uid) {
  const auto seal = secret.seal_of("neolink ssh", uid);
  return letters_of(std::span(seal).first<12>(),
                    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
}

std::string pod_suffix(const EdgeSecret& secret, std::string_view uid, std::uint64_t start) {
  const auto seal = secret.seal_of("neolink pod", fmt::format("{} {}", uid, start));
  // Kubernetes leaves out what could make words.
  return letters_of(std::span(seal).first<5>(), "bcdfghjklmnpqrstvwxz2456789");
}

}  // namespace orrery::neolink
