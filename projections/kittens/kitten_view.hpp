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
  std::string id;
  KittenArrived kitten;
  bool removed = false;

  BOOST_DESCRIBE_CLASS(KittenDetails, (), (id, kitten, removed), (), ())
};

/// Every kitten, those that were removed too: who asks for one hears that it has gone. Any thread.
class KittenView : public View {
 public:
  std::optional<KittenDetails> find(std::string_view id) const;
  /// By id.
  std::vector<KittenDetails> list() const;

  std::string_view name() const override { return "kittens"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<KittenView>(); }

 private:
  /// 10 comes after 2.
  struct ById {
    using is_transparent = void;
    bool operator()(std::string_view left, std::string_view right) const {
      return left.size() == right.size() ? left < right : left.size() < right.size();
    }
  };
  using Kittens = std::map<std::string, KittenDetails, ById>;

  mutable std::mutex mutex_;
  Kittens kittens_;
};

}  // namespace orrery
