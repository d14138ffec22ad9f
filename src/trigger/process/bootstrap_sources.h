// The bootstraps of Python and Node, which are files beside this one (bootstrap.py, bootstrap.mjs),
// put into the program when it is built.
#pragma once

#include <string_view>

namespace parley::trigger {

extern const std::string_view kPythonBootstrap;
extern const std::string_view kNodeBootstrap;

}  // namespace parley::trigger
