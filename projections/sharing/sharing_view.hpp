#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/envelope.hpp"
#include "events/sharing_events.hpp"
#include "projections/runtime/view.hpp"

namespace orrery {

/// A machine as its owner describes it.
struct GpuRecordDetails {
  /// Stream: gpu_record/<id>; decimal.
  std::string id;
  std::string client_id;
  MachineFacts facts;
  Time created_at{};

  bool operator==(const GpuRecordDetails&) const = default;
  BOOST_DESCRIBE_CLASS(GpuRecordDetails, (), (id, client_id, facts, created_at), (), ())
};

/// A machine with a model that is offered, not withdrawn.
struct SharedNodeDetails {
  /// Stream: shared_node/<id>; decimal. The machine is node/shared-<id>.
  std::string id;
  SharedNodeRegistered offer;
  Time registered_at{};
  /// The machine is there: it has reported itself and hasn't been given up since.
  bool is_ready = false;
  /// An operator lets it have no new work.
  bool is_cordoned = false;

  bool operator==(const SharedNodeDetails&) const = default;
  BOOST_DESCRIBE_CLASS(SharedNodeDetails, (), (id, offer, registered_at, is_ready, is_cordoned), (),
                       ())
};

/// What a request that may come again has led to.
struct SharingOfRequest {
  std::string id;
  std::string digest;

  BOOST_DESCRIBE_CLASS(SharingOfRequest, (), (id, digest), (), ())
};

/// What people of the marketplace offer: their machines' descriptions, and the nodes with models.
/// Folds the nodes behind them (node/shared-…) too. What an erased client had is gone. Any thread.
class SharingView : public View {
 public:
  /// Immutable and shared; a change makes a new one.
  using GpuRecord = std::shared_ptr<const GpuRecordDetails>;
  using Node = std::shared_ptr<const SharedNodeDetails>;
  /// SHA-256 of a node's token, raw.
  using Digest = std::array<std::uint8_t, 32>;

  SharingView();
  ~SharingView() override;

  /// Null where there is none, or it is deleted.
  GpuRecord gpu_record(std::string_view id) const;
  /// In the order of their ids; of one client, or (empty) of all.
  std::vector<GpuRecord> gpu_records(std::string_view client_id = {}) const;
  std::uint64_t largest_gpu_record_id() const;
  std::optional<SharingOfRequest> gpu_record_of_request(std::string_view request_id) const;

  /// Null where there is none, or it is withdrawn.
  Node node(std::string_view id) const;
  /// Hot path of every heartbeat: no allocation. Null for a token of nobody.
  Node node_of_token(const Digest& token_digest) const;
  /// Those that offer the model, ready or not, in the order of their ids.
  std::vector<Node> nodes_with(std::string_view model) const;
  /// All of them, in the order of their ids.
  std::vector<Node> nodes() const;
  std::uint64_t largest_node_id() const;
  std::optional<SharingOfRequest> node_of_request(std::string_view request_id) const;

  std::string_view name() const override { return "sharing"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<SharingView>(); }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery
