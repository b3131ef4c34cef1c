#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "events/kitten_events.hpp"
#include "projections/runtime/view.hpp"

namespace orrery {

struct KittenDetails {
  std::uint32_t id = 0;
  KittenArrived kitten;
  bool removed = false;

  BOOST_DESCRIBE_CLASS(KittenDetails, (), (id, kitten, removed), (), ())
};

/// The example resource of docs/checklists/add-resource.md. Any thread.
class KittenView : public View {
 public:
  /// Removed ones too: who asks for one hears that it has gone.
  std::optional<KittenDetails> find(std::string_view id) const;
  /// By id, without the removed.
  std::vector<KittenDetails> list() const;

  std::string_view name() const override { return "kittens"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<KittenView>(); }

 private:
  mutable std::mutex mutex_;
  std::map<std::uint32_t, KittenDetails> kittens_;
};

}  // namespace orrery
