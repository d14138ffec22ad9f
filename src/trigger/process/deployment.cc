#include "trigger/process/deployment.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <utility>

#include "trigger/process/bootstrap_sources.h"

namespace parley::trigger {
namespace {

constexpr std::array<std::string_view, 18> kReservedVariables = {
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
};

// Beyond the function's memory, which is sampled: what one sample interval may run away with, and
// what interpreters reserve and never touch.
constexpr std::size_t kDataSlackBytes = std::size_t{1} << 30;

/// The first file called `command` on `search_path` that may be executed; a path as it is.
std::optional<std::string> find_program(std::string_view command, std::string_view search_path) {
  if (command.find('/') != std::string_view::npos) return std::string(command);
  while (!search_path.empty()) {
    const std::size_t end = std::min(search_path.find(':'), search_path.size());
    std::string path = fmt::format("{}/{}", search_path.substr(0, end), command);
    if (path[0] == '/' && ::access(path.c_str(), X_OK) == 0 &&
        !std::filesystem::is_directory(path)) {
      return path;
    }
    search_path.remove_prefix(std::min(end + 1, search_path.size()));
  }
  return std::nullopt;
}

/// `chosen`, or the interpreter of exactly that version, or the one there is.
Result<std::string> find_interpreter(const std::string& chosen, std::string_view exact,
                                     std::string_view usual, std::string_view search_path) {
  for (const std::string_view command : {std::string_view(chosen), exact, usual}) {
    if (command.empty()) continue;
    if (auto path = find_program(command, search_path)) return *std::move(path);
    if (command == chosen) break;
  }
  return fail(ErrorCode::kIo,
              fmt::format("No {} was found on the server's PATH", chosen.empty() ? usual : chosen));
}

Result<std::vector<std::string>> arguments_of(const Deployment& deployment,
                                              const RuntimeSurroundings& surroundings) {
  const FunctionSettings& settings = deployment.function.settings;
  switch (deployment.function.kind) {
    case RuntimeKind::kPython: {
      auto python = PARLEY_TRY(find_interpreter(surroundings.python, settings.runtime, "python3",
                                                surroundings.search_path));
      std::vector<std::string> arguments{std::move(python)};
      // Code that is run in place stays as it is: no __pycache__.
      if (deployment.function.directory) arguments.emplace_back("-B");
      arguments.push_back(surroundings.runtime_directory + "/bootstrap.py");
      return arguments;
    }
    case RuntimeKind::kNode: {
      auto node = PARLEY_TRY(
          find_interpreter(surroundings.node, "node", "nodejs", surroundings.search_path));
      return std::vector<std::string>{
          std::move(node), fmt::format("--max-old-space-size={}", settings.memory_mb * 9 / 10),
          surroundings.runtime_directory + "/bootstrap.mjs"};
    }
    case RuntimeKind::kProvided:
    case RuntimeKind::kNative:
      break;
  }
  return std::vector<std::string>{deployment.task_root + "/bootstrap"};
}

}  // namespace

bool is_reserved_variable(std::string_view name) {
  return std::ranges::find(kReservedVariables, name) != kReservedVariables.end();
}

std::string log_group_of(std::string_view function_name) {
  return fmt::format("/aws/lambda/{}", function_name);
}

Result<ChildCommand> runtime_command(const Deployment& deployment,
                                     const RuntimeSurroundings& surroundings,
                                     std::string_view runtime_api, std::string_view log_stream) {
  const Function& function = deployment.function;
  const std::string& root = deployment.task_root;
  const std::string& runtime_directory = surroundings.runtime_directory;
  const std::string not_proxied = "127.0.0.1,localhost,::1";
  std::map<std::string, std::string> variables{
      {"_HANDLER", function.settings.handler},
      {"AWS_REGION", surroundings.realm.region},
      {"AWS_DEFAULT_REGION", surroundings.realm.region},
      {"AWS_LAMBDA_FUNCTION_NAME", function.name},
      {"AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"},
      {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", fmt::format("{}", function.settings.memory_mb)},
      {"AWS_LAMBDA_LOG_GROUP_NAME", log_group_of(function.name)},
      {"AWS_LAMBDA_LOG_STREAM_NAME", std::string(log_stream)},
      {"AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"},
      {"AWS_ACCESS_KEY_ID", "PARLEYLOCALFUNCTION"},
      {"AWS_SECRET_ACCESS_KEY", "local"},
      {"AWS_SESSION_TOKEN", surroundings.session_token},
      {"AWS_LAMBDA_RUNTIME_API", std::string(runtime_api)},
      {"LAMBDA_TASK_ROOT", root},
      {"LAMBDA_RUNTIME_DIR", runtime_directory},
      {"TZ", ":UTC"},
      {"LANG", "C.UTF-8"},
      {"PATH", surroundings.search_path},
      {"AWS_ENDPOINT_URL", surroundings.endpoint_url},
      {"AWS_ENDPOINT_URL_DYNAMODB", surroundings.endpoint_url},
      {"HTTP_PROXY", surroundings.endpoint_url},
      {"http_proxy", surroundings.endpoint_url},
      {"NO_PROXY", not_proxied},
      {"no_proxy", not_proxied},
  };
  if (function.kind == RuntimeKind::kNode) {
    variables.emplace("NODE_PATH", fmt::format("{}/node_modules:{}", root, root));
  }
  if (function.kind != RuntimeKind::kProvided) {
    variables.emplace("AWS_EXECUTION_ENV", fmt::format("AWS_Lambda_{}", function.settings.runtime));
  }
  for (const auto& [name, value] : function.settings.environment) variables[name] = value;
  ChildCommand command;
  command.arguments = PARLEY_TRY(arguments_of(deployment, surroundings));
  for (const auto& [name, value] : variables) {
    command.environment.push_back(fmt::format("{}={}", name, value));
  }
  command.directory = root;
  command.data_size_bytes_max =
      (static_cast<std::size_t>(function.settings.memory_mb) << 20) + kDataSlackBytes;
  return command;
}

Status write_bootstraps(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  const std::pair<const char*, std::string_view> files[] = {{"bootstrap.py", kPythonBootstrap},
                                                            {"bootstrap.mjs", kNodeBootstrap}};
  for (const auto& [name, source] : files) {
    const std::string path = fmt::format("{}/{}", directory, name);
    const std::string unfinished = path + ".new";
    std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
    file.write(source.data(), static_cast<std::streamsize>(source.size()));
    file.close();
    if (file) std::filesystem::rename(unfinished, path, error);
    if (!file || error) return fail(ErrorCode::kIo, fmt::format("Cannot write {}", path));
  }
  return {};
}

}  // namespace parley::trigger
