#pragma once

#include <map>
#include <memory>
#include <stdexcept>
#include <typeindex>
#include <vector>

#include "projections/runtime/view.hpp"

namespace orrery {

/// The read models of one past moment: those that somebody asked for, and no others. First the
/// routes are made, which choose; then the events are folded; from then on any thread reads.
class PastViews {
 public:
  /// The view of this kind; it is made for the first who asks. Once `close` has been called, only
  /// those that there are: whoever asks for another would be answered from an empty one.
  template <class ViewOfKind>
  const ViewOfKind* of() {
    auto& view = views_[typeid(ViewOfKind)];
    if (!view && is_closed_) throw std::logic_error("a view of the past was chosen too late");
    if (!view) view = made<ViewOfKind>();
    return static_cast<const ViewOfKind*>(view.get());
  }

  /// From now on the views are folded, and only read then.
  void close() { is_closed_ = true; }

  /// Those to be folded.
  std::vector<View*> all() {
    std::vector<View*> views;
    for (const auto& [kind, view] : views_) views.push_back(view.get());
    return views;
  }

 private:
  /// Without room for prepared answers: nothing that a person's key has opened is kept, so that
  /// nothing is left of who is erased.
  template <class ViewOfKind>
  static std::unique_ptr<View> made() {
    if constexpr (requires { ViewOfKind::default_prepared_bytes_max; })
      return std::make_unique<ViewOfKind>(std::size_t{0});
    else
      return std::make_unique<ViewOfKind>();
  }

  std::map<std::type_index, std::unique_ptr<View>> views_;
  bool is_closed_ = false;
};

}  // namespace orrery
