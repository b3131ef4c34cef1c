#pragma once

#include <concepts>
#include <string_view>
#include <vector>

#include "actors/runtime/command.hpp"
#include "events/archive.hpp"

namespace orrery {

/// A pure state machine that reads the log and owes commands: placement, the processes, a driver's
/// duties. One shell hosts them all (actors/runtime/tail_actor.hpp); tests and simulation call them
/// directly. The shell's part of the contract:
///
/// 1. `load` the newest snapshot, if there is one, then `apply` every event after it, once each, in
///    order of position. Nothing is sent meanwhile.
/// 2. Send everything that `resume()` returns.
/// 3. For each committed batch: `apply` every event, then send what `due()` returns, in that order.
///    Commands to one aggregate must arrive there in the order in which they were sent.
/// 4. A command that an aggregate refused (`Outcome::rejection`) goes to `refused`, and what
/// `due()`
///    returns after that is sent. An aggregate that couldn't decide (the log takes no writes) is
///    the failing world, not a refusal: the shell sends the same command again later.
/// 5. Every command may be sent twice: the rules make a repetition harmless.
///
/// Machines live and die with the aggregates, in one process: commands in flight never outlive the
/// machine that sent them.
template <class M>
concept TailMachine = std::default_initializable<M> &&
    requires(M machine, const M constant, const RecordedEvent& event, const OwedCommand& command,
             ByteWriter& writer, ByteReader& reader) {
  /// Name of the machine: of its snapshots ("process/vm"), and the actor in the origin of its
  /// commands.
  { M::name } -> std::convertible_to<std::string_view>;
  /// Folds one event. Never fails, and sends nothing.
  { machine.apply(event) } -> std::same_as<void>;
  /// What has become owed since the last `due` or `resume`.
  { machine.due() } -> std::same_as<std::vector<OwedCommand>>;
  /// Everything that is owed and not yet seen to have happened.
  { machine.resume() } -> std::same_as<std::vector<OwedCommand>>;
  /// An aggregate refused the command. What follows from that comes with the next `due`.
  { machine.refused(command) } -> std::same_as<void>;
  /// Only what the log said is saved, never what is in flight: `resume` computes that anew.
  { constant.save(writer) } -> std::same_as<void>;
  /// Replaces the state of a fresh machine. Throws `MalformedBytes`.
  { machine.load(reader) } -> std::same_as<void>;
};

}  // namespace orrery
