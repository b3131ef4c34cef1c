#pragma once

#include <string>

#include "http/aicenter/files/file_problem.hpp"
#include "storage/descriptor.hpp"

namespace orrery::aicenter {

/// Opens `path`, which `checked_path` has let through or which is empty, beneath `folder`: the
/// kernel follows no symbolic link on the way or at the end, and never leaves the folder, whoever
/// moves things meanwhile. Empty with `errno` where it can't.
Descriptor open_beneath(int folder, const std::string& path, int flags);

/// The same step by step, for kernels and sandboxes without openat2.
Descriptor open_step_by_step(int folder, const std::string& path, int flags);

/// A folder beneath `folder`; what is missing of it is made (mode 0700) where `make` says so.
FileResult<Descriptor> open_folder(int folder, const std::string& path, bool make = false);

/// What an `errno` says of a path.
FileProblem problem_of(int error);

}  // namespace orrery::aicenter
