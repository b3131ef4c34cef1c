#include "http/aicenter/files/tus.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <system_error>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sodium/crypto_hash_sha256.h>
#include <sodium/utils.h>

namespace orrery::aicenter::tus {
namespace {

std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                        text.size(), nullptr, &size, &end, sodium_base64_VARIANT_ORIGINAL) != 0 ||
      end != text.data() + text.size())
    return std::nullopt;
  bytes.resize(size);
  return bytes;
}

std::optional<std::string> from_hex(std::string_view text) {
  std::string bytes(crypto_hash_sha256_BYTES, '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  if (text.size() != 2 * crypto_hash_sha256_BYTES ||
      sodium_hex2bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                     text.size(), nullptr, &size, &end) != 0 ||
      size != bytes.size())
    return std::nullopt;
  return bytes;
}

/// The better the name of its key, the lower; nothing for keys that are no paths.
std::optional<int> rank_of(std::string_view key) {
  if (key == "path") return 0;
  if (key == "filename") return 1;
  if (key == "name") return 2;
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  const auto parsed = std::from_chars(text.data(), end, number);
  return parsed.ec == std::errc{} && parsed.ptr == end ? std::optional(number) : std::nullopt;
}

std::optional<Metadata> read_metadata(std::string_view text) {
  Metadata metadata;
  int best = 3;
  while (!text.empty()) {
    auto pair = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
    const auto space = std::min(pair.find(' '), pair.size());
    const auto key = pair.substr(0, space);
    const auto value = from_base64(pair.substr(std::min(space + 1, pair.size())));
    if (key.empty() || !value) return std::nullopt;
    if (const auto rank = rank_of(key); rank && *rank < best) {
      best = *rank;
      metadata.path = *value;
    }
    if (key != "sha256") continue;
    metadata.sha256 = from_hex(*value);
    if (!metadata.sha256) return std::nullopt;
  }
  return metadata;
}

Checksum read_checksum(std::string_view text) {
  const auto space = std::min(text.find(' '), text.size());
  if (text.substr(0, space) != checksum_algorithms)
    return {{}, {400, "checksum_algorithm_unknown", "Upload-Checksum must be by sha256."}};
  auto digest = from_base64(text.substr(std::min(space + 1, text.size())));
  if (!digest || digest->size() != crypto_hash_sha256_BYTES)
    return {{}, {400, "checksum_malformed", "Upload-Checksum is not a SHA-256 in base64."}};
  return {std::move(*digest), {}};
}

std::optional<Fault> version_fault(const Request& request) {
  if (request.header("tus-resumable") == version) return std::nullopt;
  return Fault{412, "tus_version_unknown", "The header Tus-Resumable must say 1.0.0."};
}

std::string http_date(Time time) {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT",
                     fmt::gmtime(static_cast<std::time_t>(seconds)));
}

Response speaking(Response response) {
  response.headers.emplace_back("Tus-Resumable", version);
  response.headers.emplace_back("Cache-Control", "no-store");
  if (response.status == 412) response.headers.emplace_back("Tus-Version", version);
  return response;
}

Response standing(Response response, const UploadStatus& status) {
  response.headers.emplace_back("Upload-Offset", std::to_string(status.offset_bytes));
  response.headers.emplace_back("Upload-Length", std::to_string(status.upload.size_bytes));
  response.headers.emplace_back("Upload-Expires", http_date(status.expires_at));
  return speaking(std::move(response));
}

}  // namespace orrery::aicenter::tus
