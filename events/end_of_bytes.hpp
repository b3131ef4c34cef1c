#pragma once

#include "events/archive.hpp"

namespace orrery {

/// Whoever has read all that it knows of expects no more: bytes after the end were written in
/// another form. Throws `MalformedBytes`.
inline void expect_end(const ByteReader& reader) {
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
}

}  // namespace orrery
