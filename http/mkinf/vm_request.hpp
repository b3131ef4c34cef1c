#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

#include "events/vm_events.hpp"
#include "http/json/json_body.hpp"
#include "http/mkinf/interface_request.hpp"
#include "projections/catalogue/catalogue_view.hpp"

namespace orrery::mkinf {

/// VMs that one bulk request may ask for: as many as fit one answer and one burst of commands.
inline constexpr std::int64_t bulk_count_max = 100;

/// on_demand: none. lowest_cost: one of the organization's that fits and has room, else none.
/// named: this one or nothing.
enum class ReservationChoice : std::uint8_t { on_demand, lowest_cost, named };

/// The words of a create: what the customer sent, and what `metadata.request` of its operation
/// shows.
struct VmRequest {
  std::string name;
  std::string type;
  std::string location;
  std::string image;
  /// Personal data, sealed in the log. Always there in a request; gone once the person is erased.
  std::optional<std::string> ssh_public_key = {};
  std::optional<std::string> startup_script = {};
  std::optional<std::string> shutdown_script = {};
  std::vector<DiskAttachment> disks = {};
  InterfaceWish interface = {};
  ReservationChoice reservation = ReservationChoice::on_demand;
  std::string reservation_id = {};
  bool nested_virtualization = false;
};

/// Many VMs alike, named "<prefix>-1", "<prefix>-2" …
struct BulkRequest {
  std::string name_prefix;
  std::int64_t count = 0;
  /// Without a name.
  VmRequest vm;
};

/// The body of a create, with every word checked against what is on offer; subnets, disks and
/// reservations are for the caller to look up. The problem names the field.
boost::system::result<VmRequest, JsonProblem> read_vm_request(std::string_view body,
                                                              const Catalogue& catalogue);
boost::system::result<BulkRequest, JsonProblem> read_bulk_request(std::string_view body,
                                                                  const Catalogue& catalogue);

/// The request behind a specification, without its personal part. What was left to the server isn't
/// shown, though a client may have said the same.
VmRequest request_behind(const VmSpecification& specification);

/// The request as the API shows it, in the order of the document. Optional fields that weren't sent
/// aren't shown.
boost::json::object request_json(const VmRequest& request);

/// The personal part of a request, as it is sealed, and back.
std::string credentials_text(const VmRequest& request);
void add_credentials(std::string_view text, VmRequest& request);

}  // namespace orrery::mkinf
