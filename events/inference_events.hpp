#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include <boost/describe.hpp>

#include "events/sealed.hpp"

namespace orrery {

/// A client asks a model. Stream: inference/<id>; the id is a decimal number.
struct InferenceAsked {
  std::string client_id;
  Sealed question;
  std::string model;
  std::string request_id;
  /// Of the request (a keyed digest); empty where it can't come again.
  std::string request_digest;

  bool operator==(const InferenceAsked&) const = default;
  BOOST_DESCRIBE_CLASS(InferenceAsked, (), (client_id, question, model, request_id, request_digest),
                       (), ())
};

/// The question goes to a node: once, and once more where that one fails it.
struct InferenceDispatched {
  /// Stream: shared_node/<id>.
  std::string shared_node_id;

  bool operator==(const InferenceDispatched&) const = default;
  BOOST_DESCRIBE_CLASS(InferenceDispatched, (), (shared_node_id), (), ())
};

/// What the node that it went to last has spent on it.
struct InferenceUse {
  /// Time between its dispatch and its end, times the node's GPUs (1 where it has none), in
  /// microseconds.
  std::uint64_t gpu_us = 0;
  /// Pieces of text that the model server sent.
  std::uint32_t token_count = 0;

  bool operator==(const InferenceUse&) const = default;
  BOOST_DESCRIBE_CLASS(InferenceUse, (), (gpu_us, token_count), (), ())
};

struct InferenceAnswered {
  Sealed answer;
  InferenceUse use;

  bool operator==(const InferenceAnswered&) const = default;
  BOOST_DESCRIBE_CLASS(InferenceAnswered, (), (answer, use), (), ())
};

/// It has ended without an answer, or with part of one.
struct InferenceFailed {
  /// Machine-readable: "no_node", "node_failed", "cancelled", "interrupted", "too_long".
  std::string code;
  /// A sentence for people; it names nobody.
  std::string message;
  /// What had come by then; without a subject where nothing had.
  Sealed answer;
  /// Nothing is used where the node failed.
  InferenceUse use;

  bool operator==(const InferenceFailed&) const = default;
  BOOST_DESCRIBE_CLASS(InferenceFailed, (), (code, message, answer, use), (), ())
};

/// Somebody has edited the record; nothing is asked again.
struct InferenceChanged {
  std::string client_id;
  Sealed question;
  std::string model;

  bool operator==(const InferenceChanged&) const = default;
  BOOST_DESCRIBE_CLASS(InferenceChanged, (), (client_id, question, model), (), ())
};

struct InferenceDeleted {
  bool operator==(const InferenceDeleted&) const = default;
  BOOST_DESCRIBE_CLASS(InferenceDeleted, (), (), (), ())
};

using InferenceEvent = std::variant<InferenceAsked, InferenceDispatched, InferenceAnswered,
                                    InferenceFailed, InferenceChanged, InferenceDeleted>;

}  // namespace orrery
