#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/aicenter/files/file_store.hpp"
#include "http/server/message.hpp"

namespace orrery::aicenter::tus {

/// What tus 1.0.0 (the protocol of resumable uploads) says in headers.

inline constexpr std::string_view version = "1.0.0";
inline constexpr std::string_view extensions = "creation,checksum,termination,expiration";
inline constexpr std::string_view checksum_algorithms = "sha256";
/// Of the body of PATCH.
inline constexpr std::string_view piece_type = "application/offset+octet-stream";
/// Status of a piece whose checksum is another; the protocol's own.
inline constexpr unsigned checksum_mismatch = 460;

/// Decimal digits alone; nothing for all else.
std::optional<std::uint64_t> read_number(std::string_view text);

/// `Upload-Metadata`: keys and values in base64, with commas between. The path is "path", else
/// "filename", else "name", as clients call it; "sha256" is what `sha256sum` prints. Nothing where
/// it is malformed; an empty path where it says none.
struct Metadata {
  std::string path;
  std::optional<std::string> sha256;
};
std::optional<Metadata> read_metadata(std::string_view text);

/// `Upload-Checksum`: "sha256 <base64>".
struct Checksum {
  /// Raw.
  std::string sha256;
  /// Why there is none: 0, or 400.
  Fault fault;
};
Checksum read_checksum(std::string_view text);

/// 412 where the client doesn't speak this version.
std::optional<Fault> version_fault(const Request& request);

/// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(Time time);

/// `Tus-Resumable`, and that nothing in between may keep the answer.
Response speaking(Response response);
/// Where an upload stands.
Response standing(Response response, const UploadStatus& status);

}  // namespace orrery::aicenter::tus
