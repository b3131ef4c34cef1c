#pragma once

#include <memory>
#include <string_view>

#include "storage/event_log.hpp"

namespace orrery {

/// SHA-256 of OpenSSL with its context reused: no allocation per hash. One thread at a time.
class ChainHasher {
 public:
  ChainHasher();
  ~ChainHasher();
  ChainHasher(const ChainHasher&) = delete;
  ChainHasher& operator=(const ChainHasher&) = delete;

  ChainHash operator()(std::string_view bytes);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// Lower-case hexadecimal, as messages and `orrery log verify` print it.
std::string to_hex(const ChainHash& hash);

}  // namespace orrery
