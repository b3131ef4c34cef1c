#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "events/envelope.hpp"
#include "projections/runtime/view.hpp"

namespace orrery {

/// What one client used of one provider's nodes on one day (UTC), by one model.
struct SharingUsage {
  /// Days since 1970.
  std::int32_t day = 0;
  /// Whose node it was, and who asked: ids of clients, also of erased ones.
  std::string provider_id;
  std::string client_id;
  std::string model;
  /// Microseconds, summed before anything is rounded.
  std::uint64_t gpu_us = 0;
  std::uint64_t answer_count = 0;
  std::uint64_t token_count = 0;

  bool operator==(const SharingUsage&) const = default;
  BOOST_DESCRIBE_CLASS(SharingUsage, (),
                       (day, provider_id, client_id, model, gpu_us, answer_count, token_count), (),
                       ())
};

/// What is counted so that sharing can be paid: each end of an inference once, by the day of its
/// end. Nothing is counted for a node that failed. Any thread.
class SharingUsageView : public View {
 public:
  struct Query {
    std::int32_t first_day = 0;
    /// Included.
    std::int32_t last_day = 0;
    /// Empty: whichever.
    std::string provider_id;
    std::string client_id;
  };

  SharingUsageView();
  ~SharingUsageView() override;

  /// By day, provider, client, model.
  std::vector<SharingUsage> usage(const Query& query) const;

  std::string_view name() const override { return "sharing_usage"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<SharingUsageView>(); }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery
