#include "http/aicenter/files/file_problem.hpp"

#include <stdexcept>

namespace orrery::aicenter {

void throw_exception_from_error(const FileProblem& problem, const boost::source_location&) {
  throw std::logic_error(boost::describe::enum_to_string(problem, "file problem"));
}

}  // namespace orrery::aicenter
