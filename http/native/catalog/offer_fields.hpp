#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "events/offer_events.hpp"

namespace orrery {

/// One line of a table: a key of what is declared, with how its value is read and shown. The TOML
/// file, the JSON of /orrery/v1/catalog and the differences between two catalogues all go by these
/// tables, so that they never disagree.
template <class Declaration>
struct OfferField {
  enum class Form : std::uint8_t { text, count };

  std::string_view key;
  Form form = Form::text;
  /// What a value must be: a sentence that follows the key.
  std::string_view wanted;
  /// False where the text is no such value.
  std::function<bool(Declaration&, const std::string&)> set;
  std::function<std::string(const Declaration&)> get;
  /// Absent, it keeps its default.
  bool optional = false;
};

const std::vector<OfferField<RegionDeclared>>& region_fields();
/// Without the discount, which has a table of its own.
const std::vector<OfferField<SkuDeclared>>& sku_fields();
const std::vector<OfferField<Discount>>& discount_fields();

/// Ids become parts of stream names and paths.
bool is_offer_id(std::string_view id);
inline constexpr std::string_view offer_id_wanted =
    R"(must be 1 to 64 letters, digits, dots, dashes or underscores)";

/// The full name of an image with its tag, such as "images.example/base/pytorch:2.3".
bool is_full_image_name(std::string_view name);
inline constexpr std::string_view image_name_wanted =
    R"(must be the full name of an image with its tag, such as "images.example/base/pytorch:2.3")";

}  // namespace orrery
