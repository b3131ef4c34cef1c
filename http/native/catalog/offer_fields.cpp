#include "http/native/catalog/offer_fields.hpp"

#include <algorithm>
#include <charconv>

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>

#include "http/json/cny.hpp"
#include "http/json/plain_text.hpp"
#include "http/json/timestamp.hpp"

namespace orrery {
namespace {

constexpr std::size_t text_bytes_max = 200;
constexpr std::size_t id_bytes_max = 64;
constexpr std::size_t image_bytes_max = 255;
/// More of everything than a machine has.
constexpr std::uint32_t count_max = 1'048'576;
/// A million CNY, as the rules of SKUs have it.
constexpr std::int64_t price_fen_max = 100'000'000;

constexpr bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

template <class D>
using Field = OfferField<D>;

template <class D>
Field<D> text(std::string_view key, std::string D::*member, bool optional = false) {
  return {key,
          Field<D>::Form::text,
          "must be a string of 1 to 200 bytes without control characters",
          [=](D& declared, const std::string& value) {
            declared.*member = value;
            if (value.empty()) return optional;
            return value.size() <= text_bytes_max && is_plain_text(value);
          },
          [=](const D& declared) { return declared.*member; },
          optional};
}

/// Such as "images.example" or "images.example:5000": no scheme, no path.
bool is_host(std::string_view value, bool with_port) {
  const auto colon = with_port ? std::min(value.find(':'), value.size()) : value.size();
  const auto name = value.substr(0, colon);
  const auto port = value.substr(std::min(colon + 1, value.size()));
  const auto in_name = [](char c) { return is_letter_or_digit(c) || c == '.' || c == '-'; };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && name.size() <= text_bytes_max && is_letter_or_digit(name.front()) &&
         is_letter_or_digit(name.back()) && std::ranges::all_of(name, in_name) &&
         (colon == value.size() ||
          (!port.empty() && port.size() <= 5 && std::ranges::all_of(port, is_digit)));
}

Field<RegionDeclared> host(std::string_view key, std::string RegionDeclared::*member,
                           bool with_port) {
  auto field = text(key, member);
  field.wanted = with_port ? R"(must be a host, maybe with a port, such as "images.example:5000")"
                           : R"(must be a domain, such as "gw.example")";
  field.set = [=](RegionDeclared& region, const std::string& value) {
    region.*member = value;
    return is_host(value, with_port);
  };
  return field;
}

template <class D>
Field<D> id(std::string_view key, std::string D::*member) {
  auto field = text(key, member);
  field.wanted = offer_id_wanted;
  field.set = [=](D& declared, const std::string& value) {
    declared.*member = value;
    return is_offer_id(value);
  };
  return field;
}

/// `wanted` says the range too.
Field<SkuDeclared> count(std::string_view key, std::uint32_t SkuDeclared::*member,
                         std::uint32_t max = count_max,
                         std::string_view wanted = "must be a whole number from 1 to 1048576") {
  return {key, Field<SkuDeclared>::Form::count, wanted,
          [=](SkuDeclared& sku, const std::string& value) {
            const auto* end = value.data() + value.size();
            const auto parsed = std::from_chars(value.data(), end, sku.*member);
            return parsed.ec == std::errc() && parsed.ptr == end && sku.*member >= 1 &&
                   sku.*member <= max;
          },
          [=](const SkuDeclared& sku) { return std::to_string(sku.*member); }};
}

/// No volume is larger.
Field<SkuDeclared> disk(std::string_view key, std::uint32_t SkuDeclared::*member) {
  return count(key, member, 100'000, "must be a whole number from 1 to 100000");
}

Field<SkuDeclared> selling_type() {
  return {"selling_type", Field<SkuDeclared>::Form::text,
          "must be pay_as_you_go, daily, weekly or monthly",
          [](SkuDeclared& sku, const std::string& value) {
            return boost::describe::enum_from_string(value.c_str(), sku.selling_type);
          },
          [](const SkuDeclared& sku) {
            return std::string(boost::describe::enum_to_string(sku.selling_type, ""));
          }};
}

Field<SkuDeclared> price() {
  return {
      "price", Field<SkuDeclared>::Form::text,
      R"(must be CNY as a string, from "0.01" to "1000000" and with at most two decimals, such as "2.50")",
      [](SkuDeclared& sku, const std::string& value) {
        const auto fen = read_cny(value);
        sku.price_fen = fen.value_or(0);
        return sku.price_fen > 0 && sku.price_fen <= price_fen_max;
      },
      [](const SkuDeclared& sku) { return cny_text(sku.price_fen); }};
}

Field<Discount> ratio() {
  return {"ratio", Field<Discount>::Form::text,
          R"(must be what is left of the price as a string, above 0 and up to 1, such as "0.48")",
          [](Discount& discount, const std::string& value) {
            discount.ratio_e4 = read_ratio(value).value_or(0);
            return discount.ratio_e4 > 0;
          },
          [](const Discount& discount) { return ratio_text(discount.ratio_e4); }};
}

Field<Discount> moment(std::string_view key, std::int64_t Discount::*member) {
  return {key, Field<Discount>::Form::text,
          "must be a time such as 2026-10-01T00:05:00+08:00, in whole seconds",
          [=](Discount& discount, const std::string& value) {
            const auto time = read_rfc3339(value);
            if (!time) return false;
            const auto since = time->time_since_epoch();
            discount.*member = std::chrono::floor<std::chrono::seconds>(since).count();
            return since == std::chrono::seconds(discount.*member);
          },
          [=](const Discount& discount) {
            return rfc3339_seconds(Time(std::chrono::seconds(discount.*member)));
          }};
}

}  // namespace

const std::vector<OfferField<RegionDeclared>>& region_fields() {
  using R = RegionDeclared;
  static const std::vector<OfferField<R>> fields{text("name", &R::name),
                                                 id("cluster", &R::cluster),
                                                 host("image_registry", &R::image_registry, true),
                                                 text("howler_id", &R::howler_id, true),
                                                 host("gateway_domain", &R::gateway_domain, false),
                                                 host("ssh_domain", &R::ssh_domain, false)};
  return fields;
}

const std::vector<OfferField<SkuDeclared>>& sku_fields() {
  using S = SkuDeclared;
  static const std::vector<OfferField<S>> fields{
      id("region_id", &S::region_id),
      text("name", &S::name),
      text("cpu_arch", &S::cpu_arch),
      text("cpu_series", &S::cpu_series),
      text("cpu_vendor", &S::cpu_vendor),
      count("cpu_count", &S::cpu_count),
      count("memory_gib", &S::memory_gib),
      text("gpu_series", &S::gpu_series),
      text("gpu_product", &S::gpu_product),
      text("gpu_resource_key", &S::gpu_resource_key),
      text("gpu_model", &S::gpu_model),
      count("gpu_count", &S::gpu_count, 8, "must be a whole number from 1 to 8"),
      count("gpu_memory_gib", &S::gpu_memory_gib),
      disk("system_disk_gb", &S::system_disk_gb),
      disk("data_disk_gb", &S::data_disk_gb),
      selling_type(),
      price()};
  return fields;
}

const std::vector<OfferField<Discount>>& discount_fields() {
  static const std::vector<OfferField<Discount>> fields{id("id", &Discount::id), ratio(),
                                                        moment("starts_at", &Discount::starts_at_s),
                                                        moment("ends_at", &Discount::ends_at_s)};
  return fields;
}

bool is_offer_id(std::string_view id) {
  return !id.empty() && id.size() <= id_bytes_max && std::ranges::all_of(id, [](char c) {
    return is_letter_or_digit(c) || c == '.' || c == '-' || c == '_';
  });
}

bool is_full_image_name(std::string_view name) {
  const auto last = name.substr(name.rfind('/') + 1);
  const auto colon = last.find(':');
  return name.size() <= image_bytes_max && colon != last.npos && colon > 0 &&
         colon + 1 < last.size() && std::ranges::all_of(name, [](char c) {
           return is_letter_or_digit(c) ||
                  std::string_view("./:-_").find(c) != std::string_view::npos;
         });
}

}  // namespace orrery
