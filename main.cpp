#include "cli/command_line.hpp"

namespace {

int serve(const orrery::Configuration&) { return 0; }

}  // namespace

int main(int argc, char** argv) { return orrery::run_command_line(argc, argv, serve); }
