// parley function deploy DIR|ZIP.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>

#include "base/base64.h"
#include "cli/function_commands.h"
#include "cli/json_text.h"
#include "cli/runtime_guess.h"
#include "client/database.h"
#include "trigger/code_archive.h"

namespace parley::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFunctions = "/2015-03-31/functions";
// Roles decide nothing here; one must be there.
constexpr std::string_view kDefaultRole = "arn:aws:iam::000000000001:role/parley";

struct Package {
  std::string name;       // the function's, if none is given
  std::string directory;  // absolute; empty for an archive
  std::string archive;    // bytes; empty for a directory that is deployed where it is
  PackageFiles files;
};

std::unexpected<Error> unusable(std::string message) {
  return fail(ErrorCode::kInvalidArgument, std::move(message));
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.is_open() || file.bad()) return unusable(fmt::format("Cannot read {}", path));
  return bytes;
}

/// What a function may be called, of a file's name.
std::string name_from(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_';
    name += fits ? c : '-';
  }
  return name;
}

Result<Package> read_package(const FunctionContext& context) {
  const FunctionOptions& options = context.options;
  std::error_code error;
  const fs::path path = fs::canonical(options.path, error);
  if (error) return unusable(fmt::format("{}: {}", options.path, error.message()));
  Package package;
  package.name = options.name.empty() ? name_from(path.stem().string()) : options.name;
  if (!fs::is_directory(path, error)) {
    package.archive = PARLEY_TRY(read_file(path.string()));
    auto files = files_of_archive(package.archive);
    if (!files) {
      return unusable(fmt::format("{} is neither a directory nor a zip archive", options.path));
    }
    package.files = *std::move(files);
    return package;
  }
  package.directory = path.string();
  package.files = PARLEY_TRY(files_of_directory(package.directory));
  if (options.copy || !context.server.is_on_this_machine()) {
    package.archive = PARLEY_TRY(trigger::pack_zip(package.directory));
  }
  return package;
}

/// The members of the code, without braces: of CreateFunction's Code and of UpdateFunctionCode.
std::string code_members(const Package& package) {
  if (package.archive.empty()) {
    return fmt::format(R"("S3Bucket":"hot-reload","S3Key":{})", json_string(package.directory));
  }
  std::string members = R"("ZipFile":")";
  append_base64(members, package.archive);
  return members + '"';
}

Result<std::string> environment_member(const std::vector<std::string>& variables) {
  std::string member = R"("Environment":{"Variables":{)";
  for (const std::string& each : variables) {
    const std::size_t equals = each.find('=');
    if (equals == std::string::npos || equals == 0) {
      return unusable(fmt::format("--env wants NAME=VALUE, not \"{}\"", each));
    }
    if (!member.ends_with('{')) member += ',';
    member += fmt::format("{}:{}", json_string(each.substr(0, equals)),
                          json_string(each.substr(equals + 1)));
  }
  return member + "}}";
}

/// The settings that the command line gives, each with a comma before it.
Result<std::string> settings_members(const FunctionOptions& options) {
  std::string members;
  const auto text = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) members += fmt::format(R"(,"{}":{})", name, json_string(value));
  };
  text("Runtime", options.runtime);
  text("Handler", options.handler);
  text("Description", options.description);
  text("Role", options.role);
  if (options.timeout_s) members += fmt::format(R"(,"Timeout":{})", *options.timeout_s);
  if (options.memory_mb) members += fmt::format(R"(,"MemorySize":{})", *options.memory_mb);
  if (!options.environment.empty()) {
    members += "," + PARLEY_TRY(environment_member(options.environment));
  }
  return members;
}

/// `options` with runtime, handler and role filled in.
Result<FunctionOptions> completed(FunctionOptions options, const Package& package) {
  if (options.role.empty()) options.role = kDefaultRole;
  if (!options.runtime.empty() && !options.handler.empty()) return options;
  const auto guess = guess_runtime(package.files);
  if (!guess) {
    if (options.runtime.starts_with("provided")) {
      options.handler = "bootstrap";
      return options;
    }
    return std::unexpected(guess.error());
  }
  if (options.runtime.empty()) options.runtime = guess->runtime;
  if (options.handler.empty()) options.handler = guess->handler;
  return options;
}

Status create(const FunctionContext& context, const Package& package) {
  const FunctionOptions options = PARLEY_TRY(completed(context.options, package));
  const std::string settings = PARLEY_TRY(settings_members(options));
  PARLEY_TRY(context.server.send(
      {.method = "POST",
       .path = std::string(kFunctions),
       .body = fmt::format(R"({{"FunctionName":{},"Code":{{{}}}{}}})", json_string(package.name),
                           code_members(package), settings)}));
  return {};
}

Status update(const FunctionContext& context, const Package& package) {
  const std::string settings = PARLEY_TRY(settings_members(context.options));
  PARLEY_TRY(context.server.send({.method = "PUT",
                                  .path = lambda_path(kFunctions, {package.name, "code"}),
                                  .body = "{" + code_members(package) + "}"}));
  if (settings.empty()) return {};
  PARLEY_TRY(context.server.send({.method = "PUT",
                                  .path = lambda_path(kFunctions, {package.name, "configuration"}),
                                  .body = "{" + settings.substr(1) + "}"}));
  return {};
}

Status set_concurrency(const FunctionContext& context, const std::string& name) {
  if (!context.options.concurrency) return {};
  PARLEY_TRY(
      context.server.send({.method = "PUT",
                           .path = lambda_path("/2017-10-31/functions", {name, "concurrency"}),
                           .body = fmt::format(R"({{"ReservedConcurrentExecutions":{}}})",
                                               *context.options.concurrency)}));
  return {};
}

}  // namespace

Result<ExitCode> deploy_function(const FunctionContext& context) {
  const Package package = PARLEY_TRY(read_package(context));
  const std::string path = lambda_path(kFunctions, {package.name, "configuration"});
  const auto existing = context.server.send({.path = path});
  const bool is_new =
      !existing && client::is_service_error(existing.error(), "ResourceNotFoundException");
  if (!existing && !is_new) return std::unexpected(existing.error());
  PARLEY_TRY(is_new ? create(context, package) : update(context, package));
  PARLEY_TRY(set_concurrency(context, package.name));
  const auto reply = PARLEY_TRY(context.server.send({.path = path}));
  const Console& console = context.console;
  if (context.options.json) {
    console.out << reply.body << '\n';
    return ExitCode::kDone;
  }
  const JsonDocument function = PARLEY_TRY(JsonDocument::parse(reply.body));
  console.out << fmt::format("{} {}: {}, handler {}\n", is_new ? "Deployed" : "Updated",
                             package.name, json_text(function.root(), "/Runtime"),
                             json_text(function.root(), "/Handler"));
  if (package.archive.empty()) {
    console.out << fmt::format("It runs from {}: a change there counts from the next invocation\n",
                               package.directory);
  }
  return ExitCode::kDone;
}

}  // namespace parley::cli
