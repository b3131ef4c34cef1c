#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/envelope.hpp"
#include "events/inference_events.hpp"
#include "projections/runtime/view.hpp"

namespace orrery {

BOOST_DEFINE_FIXED_ENUM_CLASS(InferenceStatus, std::uint8_t, waiting, answered, failed)

/// A question to a model and what came of it. What is sealed stays so: whoever shows it opens it.
struct InferenceDetails {
  /// Stream: inference/<id>; decimal.
  std::string id;
  std::string client_id;
  Sealed question;
  std::string model;
  Time asked_at{};
  InferenceStatus status = InferenceStatus::waiting;
  /// Without a subject where there is none (yet).
  Sealed answer;
  /// Why it failed; else empty.
  std::string code;
  std::string message;
  /// Where it went last; empty where it didn't.
  std::string shared_node_id;
  InferenceUse use;

  bool operator==(const InferenceDetails&) const = default;
  BOOST_DESCRIBE_CLASS(InferenceDetails, (),
                       (id, client_id, question, model, asked_at, status, answer, code, message,
                        shared_node_id, use),
                       (), ())
};

/// What a request that may come again has led to.
struct InferenceOfRequest {
  std::string id;
  std::string digest;

  BOOST_DESCRIBE_CLASS(InferenceOfRequest, (), (id, digest), (), ())
};

/// Every inference that isn't deleted and whose client isn't erased. Any thread.
class InferenceView : public View {
 public:
  /// Immutable and shared; a change makes a new one.
  using Inference = std::shared_ptr<const InferenceDetails>;

  InferenceView();
  ~InferenceView() override;

  /// Null where there is none.
  Inference find(std::string_view id) const;
  /// In the order of their ids; of one client, or (empty) of all.
  std::vector<Inference> list(std::string_view client_id = {}) const;
  std::uint64_t largest_id() const;
  std::optional<InferenceOfRequest> of_request(std::string_view request_id) const;

  std::string_view name() const override { return "inferences"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<InferenceView>(); }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery
