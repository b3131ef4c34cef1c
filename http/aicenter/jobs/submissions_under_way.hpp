#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::aicenter {

/// Counts jobs that were admitted and are in no view yet, so that who submits many at once gets no
/// more than he may have. Any thread.
class SubmissionsUnderWay : public std::enable_shared_from_this<SubmissionsUnderWay> {
 public:
  /// Jobs of several names (a user, his team, everybody), until it goes.
  class Hold {
   public:
    Hold(std::shared_ptr<SubmissionsUnderWay> counts, std::vector<std::string> names,
         std::uint32_t count);
    ~Hold();
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

    /// Of the first, second … name, without its own; as it was when the hold was made.
    std::uint32_t others(std::size_t index) const { return others_[index]; }

   private:
    std::shared_ptr<SubmissionsUnderWay> counts_;
    std::vector<std::string> names_;
    std::uint32_t count_;
    std::vector<std::uint32_t> others_;
  };

  /// Before the views are asked how many there are: what is there then is in either of both.
  std::shared_ptr<Hold> take(std::vector<std::string> names, std::uint32_t count) {
    return std::make_shared<Hold>(shared_from_this(), std::move(names), count);
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::uint32_t, std::less<>> counts_;
};

}  // namespace orrery::aicenter
