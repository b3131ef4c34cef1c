#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "events/envelope.hpp"

namespace orrery {

/// Clients that follow the event feed of a server on the loopback from its beginning, all on one
/// thread of their own. Each checks that the positions it sees have no gap, double or turn.
class FeedFollowers {
 public:
  /// Connects all of them; throws where one can't.
  FeedFollowers(std::uint16_t port, std::uint32_t count);
  ~FeedFollowers();
  FeedFollowers(const FeedFollowers&) = delete;
  FeedFollowers& operator=(const FeedFollowers&) = delete;

  /// Until each of them has seen the event at this position. Throws where one was cut off before.
  void wait_until_seen(Position position) const;

  struct Seen {
    /// Events that were not the one that had to come next.
    std::uint64_t lost_count = 0;
    /// Of all bodies, without their chunks' heads.
    std::uint64_t body_bytes = 0;
    /// Where it went wrong first; empty where it didn't.
    std::string first_fault;
  };
  /// They hang up.
  Seen stop();

 private:
  struct Crowd;
  std::unique_ptr<Crowd> crowd_;
};

}  // namespace orrery
