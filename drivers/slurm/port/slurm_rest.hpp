#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "drivers/slurm/port/slurm_port.hpp"
#include "drivers/slurm/slurm_configuration.hpp"

namespace orrery {

/// A Slurm by slurmrestd (OpenAPI plugin v0.0.38, JWT), where a site offers only that. Jobs are
/// those of the user that signs in. An answer is judged by its `errors`: with the status 200 there
/// may be some, and 500 stands for anything.
///
/// What it can't tell, which Slurm's programs can:
/// - the name of the cluster;
/// - since when the controller runs. It says since when its statistics count, which is that, or the
///   last midnight, or when somebody reset them. So a restart is never missed, but one may be seen
///   that there was not: then a look at the list shows that nothing is gone;
/// - a wrong token from a controller that doesn't answer: both are `unknown`;
/// - whose job is cancelled or signalled: it takes an id alone. So the name is asked for just
///   before, and between the two a controller could lose the job and give its id to another;
/// - the script from steps that it started: a signal goes to all of the job's processes.
class SlurmRest : public SlurmPort {
 public:
  explicit SlurmRest(const SlurmAccess& access);

  SlurmResult<std::uint64_t> submit(const SlurmOrder& order) override;
  SlurmResult<std::vector<SlurmJob>> jobs() override;
  SlurmResult<std::vector<SlurmNode>> nodes() override;
  SlurmResult<std::vector<SlurmPartition>> partitions() override;
  SlurmResult<SlurmController> controller() override;
  SlurmResult<void> cancel(std::uint64_t id, const std::string& name) override;
  SlurmResult<void> signal(std::uint64_t id, const std::string& name, int signal) override;

 private:
  /// `method` of GET, POST, DELETE; a body goes with POST.
  SlurmResult<boost::json::object> ask(std::string_view method, const std::string& path,
                                       const std::string& body = {}) const;
  SlurmResult<void> end(std::uint64_t id, const std::string& name, const std::string& query) const;

  SlurmAccess access_;
};

}  // namespace orrery
