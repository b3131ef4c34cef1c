#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "events/archive.hpp"
#include "events/folds/quota_check.hpp"

namespace orrery {

/// The limits and the use of each project, which is known by a small number here: there are many
/// resources to a project.
class ProjectBooks {
 public:
  struct Book {
    std::string project_id;
    ProjectLimits limits;
    /// Not saved: it is counted again from the resources.
    QuotaUse use;

    BOOST_DESCRIBE_CLASS(Book, (), (project_id, limits), (), ())
  };

  std::uint32_t number_of(std::string_view project_id) {
    if (const auto found = numbers_.find(project_id); found != numbers_.end()) return found->second;
    const auto number = static_cast<std::uint32_t>(books_.size());
    numbers_.emplace(project_id, number);
    books_.push_back({std::string(project_id), {}, {}});
    return number;
  }

  Book& operator[](std::uint32_t number) { return books_[number]; }

  /// An empty one where nobody has heard of the project.
  const Book& of(std::string_view project_id) const {
    static const Book empty;
    const auto found = numbers_.find(project_id);
    return found == numbers_.end() ? empty : books_[found->second];
  }

  std::size_t size() const { return books_.size(); }

  void save(ByteWriter& writer) const { writer(books_); }
  void load(ByteReader& reader) {
    reader(books_);
    numbers_.clear();
    for (std::uint32_t i = 0; i < books_.size(); ++i)
      if (!numbers_.emplace(books_[i].project_id, i).second)
        throw MalformedBytes("a project twice");
  }

 private:
  std::vector<Book> books_;
  std::map<std::string, std::uint32_t, std::less<>> numbers_;
};

}  // namespace orrery
