#pragma once

#include <functional>
#include <string>

#include <boost/json/object.hpp>

#include "http/aicenter/files/file_store.hpp"
#include "http/aicenter/route_table.hpp"

namespace orrery::aicenter {

/// What is wrong, as an RFC 9457 problem.
Response file_problem(FileProblem problem);

Response file_json(const boost::json::value& value, unsigned status = 200);
boost::json::object show(const FileEntry& entry);
boost::json::object show(const UploadStatus& status);
boost::json::object show(const DiskUse& use, std::uint64_t quota_bytes);

/// What a person may have: his own limit, else his team's, else the center's.
std::uint64_t quota_of(const AicenterContext& context, const CenterUserDetails& user);

/// Handlers get the login name of who asks; an operator of the server names it with
/// X-SLURM-USER-NAME, as he has no folder of his own. Where something is to be changed, a suspended
/// user is refused.
enum class Access : std::uint8_t { reads, changes };
/// Nothing where `reply` has been given the refusal.
CenterView::User owner_of(const AicenterContext& context, const Caller& caller, Access access,
                          const Reply& reply);

/// Runs `work` among the store's and gives what it returns; 503 where too much is waiting.
void answer_from_store(const AicenterContext& context, const Reply& reply,
                       std::function<Response()> work);

}  // namespace orrery::aicenter
