#include "storage/bundle/bundle_parts.hpp"

#include <stdexcept>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include "storage/chain.hpp"

namespace orrery {
namespace {

namespace json = boost::json;

std::string text_of(const json::object& object, std::string_view name) {
  return std::string(object.at(name).as_string());
}

}  // namespace

void throw_exception_from_error(const BundleFault& fault, const boost::source_location&) {
  throw std::logic_error(fault.message);
}

std::string header_line(const BundleHeader& header) {
  return json::serialize(json::object{{"from", header.from},
                                      {"to", header.to},
                                      {"streams", json::value_from(header.streams)},
                                      {"chain_before", header.chain_before},
                                      {"chain_after", header.chain_after}}) +
         "\n";
}

std::optional<BundleHeader> read_header_line(std::string_view line) try {
  const auto value = json::parse(line, {}, {.max_depth = 4});
  const auto& object = value.as_object();
  return BundleHeader{object.at("from").to_number<Position>(),
                      object.at("to").to_number<Position>(),
                      json::value_to<std::vector<std::string>>(object.at("streams")),
                      text_of(object, "chain_before"), text_of(object, "chain_after")};
} catch (const std::exception&) {
  return std::nullopt;
}

std::string end_text(const BundleSummary& summary) {
  return fmt::format(R"({{"commits":{},"events":{}}})", summary.commit_count, summary.event_count);
}

bool is_end_text(std::string_view text, const BundleSummary& summary) {
  return text == end_text(summary);
}

ChainHash part_hash(const ChainHash& previous, std::string_view bytes) {
  std::string all(reinterpret_cast<const char*>(previous.data()), previous.size());
  all.append(bytes);
  return ChainHasher()(all);
}

}  // namespace orrery
