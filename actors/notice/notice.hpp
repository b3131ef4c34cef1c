#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/center_events.hpp"

namespace orrery {

/// The rules of something that everybody at the center shall know. Pure.
struct Notice {
  static constexpr std::string_view stream_prefix = "notice";

  struct Post {
    NoticePosted notice;
  };
  struct Withdraw {};
  using Command = std::variant<Post, Withdraw>;
  using Event = NoticeEvent;
  enum class Rejection : std::uint8_t {
    notice_does_not_exist,
    notice_exists_already,
    title_must_not_be_empty,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, notice_does_not_exist, notice_exists_already,
                             title_must_not_be_empty)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Posted {
    NoticePosted notice;

    bool operator==(const Posted&) const = default;
    BOOST_DESCRIBE_CLASS(Posted, (), (notice), (), ())
  };
  struct Withdrawn {
    bool operator==(const Withdrawn&) const = default;
    BOOST_DESCRIBE_CLASS(Withdrawn, (), (), (), ())
  };
  using State = std::variant<Absent, Posted, Withdrawn>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State& state) { return std::holds_alternative<Withdrawn>(state); }
};

}  // namespace orrery
