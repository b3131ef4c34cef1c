#pragma once

#include <string_view>

#include "projections/operations/operation_view.hpp"
#include "projections/runtime/packed_strings.hpp"
#include "projections/runtime/resource_table.hpp"

namespace orrery {

/// An operation as the view keeps it.
struct OperationEntry : Resource {
  using Details = OperationDetails;

  enum Own { id_text, target_text, goal_text, digest_text };
  enum Failure { code_text, message_text };

  /// The goal in the codec's form.
  PackedStrings<4> own;
  PackedStrings<2> failure;
  const OperationEntry* previous_of_target = nullptr;
  Time started_at{};
  Time completed_at{};
  OperationKind kind = OperationKind::create_vm;
  OperationState state = OperationState::in_progress;

  std::string_view id() const { return own[id_text]; }
  std::string_view target() const { return own[target_text]; }
  bool shown() const { return true; }
  OperationDetails details() const;

  void describe(std::string_view id, const OperationStarted& started, StringPool& pool);

  void save(ByteWriter& writer) const;
  void load(ByteReader& reader, const StringPool& pool);
};

}  // namespace orrery
