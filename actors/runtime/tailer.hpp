#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/mp11/algorithm.hpp>

#include "actors/runtime/command.hpp"
#include "events/envelope.hpp"

namespace orrery {

/// A command of a tailer that the aggregate refused, with the reason.
template <class A>
struct Rejected {
  std::string id;
  typename A::Command command;
  typename A::Rejection rejection;
};
/// Of any aggregate (tailer.cpp).
using RefusedCommand = CompiledVariant<
    boost::mp11::mp_rename<boost::mp11::mp_transform<Rejected, Aggregates>, std::variant>>;
extern template class CompiledVariant<RefusedCommand::Base>;

/// A tailer is a pure state machine that reads the whole log in order and owes messages because of
/// it: placement, a process, the duties of a driver. One shell hosts them all (`tail_actor.hpp`).
///
/// The shell loads the newest snapshot, folds the log from there to its head with `apply` alone,
/// and then asks `resume`. After that, for each committed batch: `apply` for each event, then `due`
/// once.
///
/// - `name`: of the snapshot, such as "placement"; counted up ("placement.2") when the form of the
///   snapshot changes.
/// - `Owed`: what it sends; `OwedCommand` for commands to aggregates.
/// - `apply(event)`: folds, and notes what may now be owed. It must not plan yet, and what it notes
///   must stay within the size of the state: between a snapshot and the head it runs a million
///   times before anybody asks.
/// - `resume()`: everything owed as of the state, after forgetting what was noted. After a crash it
///   is the whole memory of what was in flight, so it may repeat what has been sent already.
/// - `due()`: what became owed since the last question. Each thing once: the shell repeats a
///   command that failed for want of a log until it is decided, and keeps commands to one aggregate
///   in order.
/// - `refused(command)`: the aggregate's answer was no. The shell asks `due` afterwards. Only for
///   tailers whose `Owed` is `OwedCommand`.
/// - `accepted(command)`: may be left out. The aggregate's answer was yes: what the command wants
/// is
///   durable, now or since an earlier time. Its events, if there were any, may come before this or
///   after it. The shell asks `due` afterwards.
/// - `at(now)`: may be left out. Asked some times a second, after `resume`: what is owed because of
///   the time, each thing once as with `due`. `now` is the log's: everything that happened before
///   it has been applied, and it never goes backwards. Cheap where nothing is due.
/// - `save`, `load`: what was folded, never what is in flight. `load` throws `MalformedBytes`.
template <class T>
concept Tailer = std::movable<T> &&
    requires(T tailer, const T& saved, const RecordedEvent& recorded, std::string& out,
             std::string_view bytes) {
  { T::name } -> std::convertible_to<std::string_view>;
  { tailer.apply(recorded) } -> std::same_as<void>;
  { tailer.resume() } -> std::same_as<std::vector<typename T::Owed>>;
  { tailer.due() } -> std::same_as<std::vector<typename T::Owed>>;
  saved.save(out);
  tailer.load(bytes);
};

/// A tailer that sends commands to aggregates.
template <class T>
concept CommandingTailer = Tailer<T> && std::same_as<typename T::Owed, OwedCommand> &&
    requires(T tailer, const RefusedCommand& refused) {
  { tailer.refused(refused) } -> std::same_as<void>;
};

/// A commanding tailer that wants to know what was accepted as well.
template <class T>
concept AcceptanceTailer = CommandingTailer<T> &&
    requires(T tailer, const AddressedCommand& accepted) {
  { tailer.accepted(accepted) } -> std::same_as<void>;
};

/// A commanding tailer that owes something at certain times.
template <class T>
concept TimedTailer = CommandingTailer<T> && requires(T tailer, Time now) {
  { tailer.at(now) } -> std::same_as<std::vector<OwedCommand>>;
};

}  // namespace orrery
