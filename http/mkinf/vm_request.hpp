#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

#include "http/json/json_body.hpp"
#include "projections/catalogue/catalogue_view.hpp"

namespace orrery::mkinf {

/// The words of a create: what the customer sent, and what `metadata.request` of its operation
/// shows.
struct VmRequest {
  std::string name;
  std::string type;
  std::string location;
  std::string image;
  /// Personal data, sealed in the log. Always there in a request; gone once the person is erased.
  std::optional<std::string> ssh_public_key;
  std::optional<std::string> startup_script;
  std::optional<std::string> shutdown_script;
};

/// The body of a create, with every word checked against what is on offer. The problem names the
/// field.
boost::system::result<VmRequest, JsonProblem> read_vm_request(std::string_view body,
                                                              const Catalogue& catalogue);

/// The request as the API shows it, in the order of the document. Optional fields that weren't sent
/// aren't shown.
boost::json::object request_json(const VmRequest& request);

/// The personal part of a request, as it is sealed, and back.
std::string credentials_text(const VmRequest& request);
void add_credentials(std::string_view text, VmRequest& request);

}  // namespace orrery::mkinf
