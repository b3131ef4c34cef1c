#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "drivers/driver.hpp"
#include "events/archive.hpp"
#include "events/envelope.hpp"

namespace orrery {

/// The part of `DriverDuties` about GPUs that are out of service: those that are in repair, and
/// those to be tested. Pure. What is under way is told again after a restart, with the same number.
class GpuDuties {
 public:
  void apply(const RecordedEvent& recorded);
  /// What became owed since the last question.
  void due(std::vector<DriverMessage>& owed);
  /// Everything that is owed.
  void resume(std::vector<DriverMessage>& owed);
  void save(ByteWriter& writer) const { writer(duties_); }
  void load(ByteReader& reader) { reader(duties_); }

 private:
  enum class Work : std::uint8_t { repair, verification };
  struct Duty {
    Work work = Work::repair;
    /// Of the event that says so.
    Position causation = 0;
    std::string correlation;

    BOOST_DESCRIBE_CLASS(Duty, (), (work, causation, correlation), (), ())
  };

  void note(const RecordedEvent& recorded, Work work);
  void forget(const RecordedEvent& recorded);
  static void owe(std::string_view id, const Duty& duty, std::vector<DriverMessage>& owed);

  /// By the id of the GPU.
  std::map<std::string, Duty, std::less<>> duties_;
  /// What `due` looks at; never saved.
  std::set<std::string, std::less<>> noted_;
};

}  // namespace orrery
