// Deployment: a function's settings and code at one time, and how a process for it is started.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/table.h"
#include "trigger/functions.h"
#include "trigger/process/child_process.h"

namespace parley::trigger {

/// Immutable; a change of the function makes another.
struct Deployment {
  Function function;
  std::string task_root;                 // the directory with the code
  std::shared_ptr<const void> code_pin;  // keeps an unpacked archive on the disk
};
using DeploymentSnapshot = std::shared_ptr<const Deployment>;

/// What is the same for all processes.
struct RuntimeSurroundings {
  std::string runtime_directory;  // with the bootstraps of Python and Node
  std::string endpoint_url;
  std::string search_path;  // PATH
  std::string python;       // a command or path; empty: what the runtime's name says
  std::string node;
  /// AWS_SESSION_TOKEN; of this server's run alone, so that the guardian can tell what descends
  /// from its functions.
  std::string session_token;
  model::Realm realm;
};

/// The program, arguments, environment and limits of a process of `deployment`. `log_stream` is
/// the process's own. The environment is Lambda's
/// (lambda/latest/dg/configuration-envvars.html), the addresses of this server, and the user's
/// variables, which win. Errors: kIo when the interpreter is not installed.
[[nodiscard]] Result<ChildCommand> runtime_command(const Deployment& deployment,
                                                   const RuntimeSurroundings& surroundings,
                                                   std::string_view runtime_api,
                                                   std::string_view log_stream);

[[nodiscard]] std::string log_group_of(std::string_view function_name);

/// Writes the bootstraps into `directory`, which is made if it is missing. Errors: kIo.
[[nodiscard]] Status write_bootstraps(const std::string& directory);

/// The names of variables that a function may not set.
[[nodiscard]] bool is_reserved_variable(std::string_view name);

}  // namespace parley::trigger
