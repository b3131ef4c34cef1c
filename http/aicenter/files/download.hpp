#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "http/aicenter/files/file_store.hpp"
#include "http/server/response_stream.hpp"

namespace orrery::aicenter {

/// A part of a file: `size` bytes from `begin` on.
struct ByteRange {
  std::uint64_t begin = 0;
  std::uint64_t size = 0;

  bool operator==(const ByteRange&) const = default;
};

/// What a `Range` header asks of a file of this size. `whole` where it is to be passed over, as for
/// none, another unit, something malformed, or several ranges; nothing where the file has none of
/// it, which is a 416.
struct RangeRequest {
  bool whole = true;
  std::optional<ByteRange> range;
};
RangeRequest read_range(std::string_view header, std::uint64_t size_bytes);

/// Sends a part of an open file. It is read on the store's threads, a piece ahead of what the
/// client has taken. Where the file has become shorter meanwhile, the stream ends early.
std::shared_ptr<ResponseStream> file_stream(FileStore& store, OpenFile file, ByteRange range);

}  // namespace orrery::aicenter
