#include "cli/catalog_file.hpp"

#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <toml++/toml.h>
#include <boost/algorithm/string/join.hpp>

#include "http/native/catalog/offer_fields.hpp"

namespace orrery {
namespace {

constexpr std::size_t problem_count_max = 50;

/// A value as somebody would write it, for "…, not …".
std::string written(const toml::node& node) {
  std::ostringstream out;
  node.visit([&](const auto& each) {
    if constexpr (toml::is_value<decltype(each)>)
      out << each;
    else
      out << (node.is_table() ? "a table" : "an array");
  });
  return out.str();
}

/// As the tables of fields read it; nothing where the type is wrong.
template <class D>
std::optional<std::string> text_of(const toml::node& node, const OfferField<D>& field) {
  if (field.form == OfferField<D>::Form::count) {
    const auto number = node.value_exact<std::int64_t>();
    return number ? std::optional(std::to_string(*number)) : std::nullopt;
  }
  if (node.is_date_time()) return written(node);
  return node.value_exact<std::string>();
}

class CatalogReader {
 public:
  explicit CatalogReader(std::string_view name) : name_(name) {}

  CatalogFileResult read(const toml::table& file) {
    know(file, "", {"region", "discount", "model", "shape", "sku", "images"});
    each_table(file, "discount", [&](const toml::table& table) { read_discount(table); });
    each_table(file, "region", [&](const toml::table& table) { read_region(table); });
    read_skus(file, 0, {});
    read_images(file);
    const bool is_whole = problems_.empty();
    for (const auto& problem : problems_of(catalog_))
      // Ids were examined where they stand; a region that could not be read is there all the same.
      if (problem.key != "id" && (is_whole || problem.key != "region_id")) note(problem);
    if (!problems_.empty()) return CatalogFileFailure{std::move(problems_)};
    return std::move(catalog_);
  }

 private:
  /// What a SKU has from the tables around it.
  struct Inherited {
    SkuDeclared sku;
    std::set<std::string_view> keys;
    /// Where each of them stands.
    std::map<std::string, toml::source_index> lines;
  };
  /// A SKU stands in a shape, which stands in a model; each may stand alone.
  static constexpr const char* levels[] = {"model", "shape", "sku"};

  void refuse(toml::source_index line, const std::string& message) {
    if (problems_.size() < problem_count_max)
      problems_.push_back(fmt::format("{}, line {}: {}", name_, line, message));
  }
  void refuse(const toml::node& node, const std::string& message) {
    refuse(node.source().begin.line, message);
  }

  void note(const CatalogProblem& problem) {
    const auto named = problem.key.empty() ? problem.entry : problem.entry + "." + problem.key;
    const auto line = lines_.contains(named) ? lines_.at(named) : lines_[problem.entry];
    refuse(line, fmt::format("{} {}", named, problem.message));
  }

  void know(const toml::table& table, std::string_view place,
            const std::vector<std::string>& keys) {
    for (const auto& [key, node] : table)
      if (std::ranges::find(keys, key.str()) == keys.end())
        refuse(node, fmt::format("key {}{} is unknown{}", place, key.str(),
                                 nearest_hint(key.str(), keys)));
  }

  template <class Each>
  void each_table(const toml::table& parent, std::string_view key, const Each& each) {
    const auto* node = parent.get(key);
    if (node == nullptr) return;
    const auto* array = node->as_array();
    if (array == nullptr) return refuse(*node, fmt::format("{0} must be tables: [[{0}]]", key));
    for (const auto& item : *array) {
      if (const auto* table = item.as_table())
        each(*table);
      else
        refuse(item, fmt::format("{} must be a table, not {}", key, written(item)));
    }
  }

  /// Sets what stands in `table`; the keys that stood there are added to `given`.
  template <class D>
  void set_fields(const toml::table& table, std::string_view place,
                  const std::vector<OfferField<D>>& fields, D& declared,
                  std::set<std::string_view>& given) {
    for (const auto& field : fields) {
      const auto* node = table.get(field.key);
      if (node == nullptr) continue;
      given.insert(field.key);
      const auto text = text_of(*node, field);
      if (!text || !field.set(declared, *text))
        refuse(*node,
               fmt::format("{}.{} {}, not {}", place, field.key, field.wanted, written(*node)));
    }
  }

  template <class D>
  void demand_fields(const toml::table& table, const std::string& entry,
                     const std::vector<OfferField<D>>& fields,
                     const std::set<std::string_view>& given) {
    std::vector<std::string> missing;
    for (const auto& field : fields)
      if (!field.optional && !given.contains(field.key)) missing.emplace_back(field.key);
    if (!missing.empty())
      refuse(table, fmt::format("{} lacks {}", entry, boost::algorithm::join(missing, ", ")));
  }

  template <class D>
  static std::vector<std::string> keys_of(const std::vector<OfferField<D>>& fields,
                                          std::vector<std::string> others) {
    for (const auto& field : fields) others.emplace_back(field.key);
    return others;
  }

  std::string read_id(const toml::table& table, std::string_view kind) {
    const auto* node = table.get("id");
    const auto id = node ? node->value_exact<std::string>() : std::nullopt;
    if (!node)
      refuse(table, fmt::format("{} lacks id", kind));
    else if (!id || !is_offer_id(*id))
      refuse(*node, fmt::format("{}.id {}, not {}", kind, offer_id_wanted, written(*node)));
    return id.value_or("");
  }

  void read_discount(const toml::table& table) {
    know(table, "discount.", keys_of(discount_fields(), {}));
    Discount discount;
    std::set<std::string_view> given;
    set_fields(table, "discount", discount_fields(), discount, given);
    demand_fields(table, "discount " + discount.id, discount_fields(), given);
    if (!discounts_.emplace(discount.id, discount).second)
      refuse(table, fmt::format("discount {} is declared twice", discount.id));
  }

  void read_region(const toml::table& table) {
    know(table, "region.", keys_of(region_fields(), {"id"}));
    Offered<RegionDeclared> region{read_id(table, "region"), {}};
    std::set<std::string_view> given;
    set_fields(table, "region", region_fields(), region.declaration, given);
    const auto entry = entry_name("region", region.id);
    demand_fields(table, entry, region_fields(), given);
    lines_[entry] = table.source().begin.line;
    catalog_.regions.push_back(std::move(region));
  }

  /// The tables of this level and of those within, below what stands around them.
  void read_skus(const toml::table& parent, std::size_t level, const Inherited& around) {
    for (auto within = level; within < std::size(levels); ++within)
      each_table(parent, levels[within],
                 [&](const toml::table& table) { read_level(table, within, around); });
  }

  void read_level(const toml::table& table, std::size_t level, Inherited inherited) {
    const std::string kind = levels[level];
    auto keys = keys_of(sku_fields(), {"discount"});
    for (auto within = level + 1; within < std::size(levels); ++within)
      keys.emplace_back(levels[within]);
    const bool is_sku = level + 1 == std::size(levels);
    if (is_sku) keys.emplace_back("id");
    know(table, kind + ".", keys);
    set_fields(table, kind, sku_fields(), inherited.sku, inherited.keys);
    for (const auto& [key, node] : table)
      inherited.lines[std::string(key.str())] = node.source().begin.line;
    set_discount(table, kind, inherited.sku);
    if (is_sku) return add_sku(table, inherited);
    read_skus(table, level + 1, inherited);
  }

  /// An empty name takes away the discount of the tables around.
  void set_discount(const toml::table& table, const std::string& kind, SkuDeclared& sku) {
    const auto* node = table.get("discount");
    if (node == nullptr) return;
    const auto id = node->value_exact<std::string>();
    const auto found = discounts_.find(id.value_or("\n"));
    if (id && id->empty())
      sku.discount = {};
    else if (found != discounts_.end())
      sku.discount = found->second;
    else
      refuse(*node, fmt::format("{}.discount must be the id of a [[discount]], not {}", kind,
                                written(*node)));
  }

  void add_sku(const toml::table& table, const Inherited& inherited) {
    Offered<SkuDeclared> sku{read_id(table, "sku"), inherited.sku};
    const auto entry = entry_name("sku", sku.id);
    demand_fields(table, entry, sku_fields(), inherited.keys);
    lines_[entry] = table.source().begin.line;
    for (const auto& [key, line] : inherited.lines) lines_[entry + "." + key] = line;
    catalog_.skus.push_back(std::move(sku));
  }

  void read_images(const toml::table& file) {
    const auto* node = file.get("images");
    if (node == nullptr) return;
    const auto* array = node->as_array();
    if (array == nullptr) return refuse(*node, "images must be an array of names with tags");
    for (const auto& item : *array) {
      const auto image = item.value_exact<std::string>();
      if (!image || !is_full_image_name(*image)) {
        refuse(item, fmt::format("images {}, not {}", image_name_wanted, written(item)));
        continue;
      }
      lines_.try_emplace(entry_name("image", *image), item.source().begin.line);
      catalog_.images.push_back(*image);
    }
  }

  std::string name_;
  OfferCatalog catalog_;
  std::map<std::string, Discount> discounts_;
  /// Where each entry stands, and each of its keys.
  std::map<std::string, toml::source_index> lines_;
  std::vector<std::string> problems_;
};

}  // namespace

void throw_exception_from_error(const CatalogFileFailure& failure, const boost::source_location&) {
  throw std::logic_error(boost::algorithm::join(failure.problems, "\n"));
}

CatalogFileResult read_catalog_toml(std::string_view text, std::string_view name) {
  try {
    return CatalogReader(name).read(toml::parse(text));
  } catch (const toml::parse_error& error) {
    return CatalogFileFailure{
        {fmt::format("{}, line {}: {}", name, error.source().begin.line, error.description())}};
  }
}

CatalogFileResult read_catalog_file(const std::filesystem::path& file) {
  std::error_code failure;  // A directory opens, and throws when it is read.
  std::ifstream in(file, std::ios::binary);
  if (!in || std::filesystem::is_directory(file, failure))
    return CatalogFileFailure{{fmt::format("{} cannot be read", file.string())}};
  const std::string text(std::istreambuf_iterator<char>(in), {});
  return read_catalog_toml(text, file.string());
}

CatalogFileResult configured_catalog_file(const Configuration& configuration) {
  if (!configuration.catalog.empty()) return read_catalog_file(configuration.catalog);
  return read_catalog_toml(embedded_catalog_toml(), embedded_catalog_name);
}

}  // namespace orrery
