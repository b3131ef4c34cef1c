#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <boost/describe.hpp>

#include "events/folds/billing_terms.hpp"

namespace orrery {

/// How much of one kind a customer stored at most, day by day of Beijing, as far as it isn't
/// charged. Days on which nothing came or went take no room.
class StoredDays {
 public:
  /// A day names no more of the events behind it.
  static constexpr std::size_t cause_count_max = 1'000;

  explicit StoredDays(StoredThing thing) : thing_(thing) {}

  /// So much more, or less, is stored from now on. `cause` is the event that made it. Days never go
  /// backwards.
  void add(std::int64_t day, std::uint64_t bytes, Position cause);
  void remove(std::int64_t day, std::uint64_t bytes, Position cause);

  /// Everything up to and including that day is charged.
  void charged(std::int64_t day);

  struct Day {
    std::int64_t day = 0;
    std::int64_t stored_gb = 0;
    std::vector<Position> causes;
  };
  /// The first day that isn't charged and costs something. It may not be over, or not have begun.
  std::optional<Day> next() const;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(spans_, first_day_);
  }

 private:
  /// The maximum of a day and of those after it, up to the next span.
  struct Span {
    std::int64_t day = 0;
    std::uint64_t bytes = 0;
    std::vector<Position> causes;

    BOOST_DESCRIBE_CLASS(Span, (), (day, bytes, causes), (), ())
  };

  void change(std::int64_t day, Span level_after);
  Span level() const;
  std::int64_t amount_fen(const Span& span) const;

  StoredThing thing_;

  /// By day. The last is what is stored now, from tomorrow on or since an earlier day.
  std::vector<Span> spans_;
  /// Those before are charged.
  std::int64_t first_day_ = 0;
};

}  // namespace orrery
