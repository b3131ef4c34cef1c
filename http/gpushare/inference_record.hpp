#pragma once

#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "http/gpushare/access.hpp"
#include "http/gpushare/context.hpp"
#include "http/gpushare/fields.hpp"
#include "projections/inferences/inference_view.hpp"

namespace orrery::gpushare {

/// What a body says of a question; empty where it says nothing.
struct InferenceWords {
  /// Whose question it is to be: the caller, or (an admin's word) any client.
  std::string client_id;
  std::string question;
  std::string model;
};

/// Reads the three fields of the document. `operation` decides whom the caller may name.
InferenceWords read_inference(const GpushareContext& context, Operation operation,
                              const Caller& caller, Fields& fields);

/// A question and what came of it, as the document shows it. One that failed has what had come of
/// its answer, and the reason: "Error: …"; one that waits has null. Nothing where its client was
/// erased meanwhile.
std::optional<boost::json::object> inference_json(const GpushareContext& context,
                                                  const InferenceDetails& inference);

}  // namespace orrery::gpushare
