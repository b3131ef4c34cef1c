#pragma once

#include <string>
#include <vector>

#include <boost/describe.hpp>

namespace orrery {

/// An operating system image can be chosen. Stream: image/<id>. Published again, it replaces what
/// was said before.
struct ImagePublished {
  std::string name;
  std::string description;
  std::vector<std::string> tags;
  std::vector<std::string> locations;

  bool operator==(const ImagePublished&) const = default;
  BOOST_DESCRIBE_CLASS(ImagePublished, (), (name, description, tags, locations), (), ())
};

}  // namespace orrery
