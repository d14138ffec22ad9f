#include "trigger/functions.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <utility>

#include "trigger/code_archive.h"
#include "trigger/code_store.h"
#include "trigger/directory_watch.h"
#include "trigger/function_settings.h"
#include "trigger/function_store.h"
#include "trigger/log_store.h"
#include "trigger/native_functions.h"
#include "trigger/process/deployment.h"
#include "trigger/process/process_pool.h"

namespace parley::trigger {
namespace {

namespace fs = std::filesystem;

/// One deployed function.
struct Entry {
  Target target;
  std::unique_ptr<DirectoryWatch> watch;         // of code that is run in place
  std::shared_ptr<const NativeFunction> native;  // or nullptr
  // What may change without new processes; what `function` has of these is out of date.
  EventSettings events = {};
  std::map<std::string, std::string> tags = {};

  [[nodiscard]] Function copy() const {
    Function whole = function();
    whole.settings.events = events;
    whole.settings.tags = tags;
    return whole;
  }
  [[nodiscard]] const Function& function() const { return target.deployment->function; }
};

std::unexpected<Error> not_found(std::string_view arn) {
  return fail(ErrorCode::kResourceNotFound, fmt::format("Function not found: {}", arn));
}

Result<std::string> made_directory(const std::string& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  // The children's paths must mean the same from everywhere.
  const fs::path whole = error ? fs::path() : fs::canonical(directory, error);
  if (error) {
    return fail(ErrorCode::kIo, fmt::format("Cannot make {}: {}", directory, error.message()));
  }
  return whole.string();
}

}  // namespace

struct Functions::State {
  State(storage::KeyValueStore& store, storage::CommitPipeline& commits,
        const model::Realm& its_realm, const FunctionsOptions& its_options, const Clock& wall_clock,
        Random& random_source)
      : options(its_options),
        realm(its_realm),
        clock(wall_clock),
        random(random_source),
        records(store, commits, realm),
        natives(static_cast<std::size_t>(options.concurrency_max), options.queue_max, clock,
                random) {}

  [[nodiscard]] Status load(RuntimeEndpoints& endpoints);
  [[nodiscard]] Status load_entry(Function function);
  [[nodiscard]] Target target_of(Function function, std::shared_ptr<const void> code_pin,
                                 std::shared_ptr<FunctionLog> log) const;
  /// Takes `code` in and describes it in `function`.
  [[nodiscard]] Result<std::shared_ptr<const void>> take_code(
      const Code& code, Function& function, std::unique_ptr<DirectoryWatch>& watch);
  /// Stores a changed function and puts it in the old one's place.
  [[nodiscard]] Result<Function> replace(Function function, std::shared_ptr<const void> code_pin,
                                         std::unique_ptr<DirectoryWatch> watch);
  /// Code that no function has any more goes.
  void discard_code(const Function& function);
  [[nodiscard]] Result<Function> replace_settings(Function function);
  /// Stores a function of which only what Entry has beside it has changed.
  [[nodiscard]] Result<Function> annotate(Function function);
  /// What is to be invoked: of a native function also that, else nullptr.
  [[nodiscard]] Result<Target> current_target(std::string_view name,
                                              std::shared_ptr<const NativeFunction>& native);
  /// Under the mutex; nullptr if there is none.
  [[nodiscard]] Entry* entry_of(std::string_view name) {
    const auto found = entries.find(name);
    return found == entries.end() ? nullptr : &found->second;
  }
  [[nodiscard]] std::unexpected<Error> missing(std::string_view name) const {
    return not_found(function_arn(realm, name));
  }
  [[nodiscard]] std::string log_directory(std::string_view name) const {
    return fmt::format("{}/logs/{}", directory, name);
  }
  [[nodiscard]] Result<Function> copy_of(std::string_view name) {
    const std::scoped_lock lock(mutex);
    const Entry* entry = entry_of(name);
    if (entry == nullptr) return missing(name);
    return entry->copy();
  }

  const FunctionsOptions options;
  const model::Realm realm;
  const Clock& clock;
  Random& random;
  std::string directory;  // absolute
  FunctionStore records;
  std::unique_ptr<CodeStore> codes;
  NativeFunctions natives;

  std::mutex deployment_mutex;  // one change at a time; taken before the other
  std::mutex mutex;             // guards what follows
  std::map<std::string, Entry, std::less<>> entries;

  std::unique_ptr<ProcessPool> pool;  // last: it ends before what its processes use
};

Status Functions::State::load(RuntimeEndpoints& endpoints) {
  directory = PARLEY_TRY(made_directory(options.directory));
  codes = PARLEY_TRY(CodeStore::open(directory + "/code", random));
  PARLEY_TRY(write_bootstraps(directory + "/runtime"));
  ProcessPoolOptions pool_options;
  pool_options.processes_max = options.concurrency_max;
  pool_options.queue_max = options.queue_max;
  pool_options.idle_lifetime = options.idle_process_lifetime;
  pool_options.init_timeout = options.init_timeout;
  RuntimeSurroundings surroundings{.runtime_directory = directory + "/runtime",
                                   .endpoint_url = options.endpoint_url,
                                   .search_path = options.search_path,
                                   .python = options.python,
                                   .node = options.node,
                                   .session_token = "local-" + make_uuid(random),
                                   .realm = realm};
  pool = PARLEY_TRY(
      ProcessPool::open(pool_options, std::move(surroundings), endpoints, clock, random));
  std::vector<std::string> digests;
  for (Function& function : PARLEY_TRY(records.load())) {
    digests.push_back(function.code_sha256);
    PARLEY_TRY(load_entry(std::move(function)));
  }
  codes->keep_only(digests);
  return {};
}

Status Functions::State::load_entry(Function function) {
  Entry entry;
  std::shared_ptr<const void> code_pin;
  // Code that is gone is no reason not to start: its function fails until it is deployed again.
  if (function.directory) {
    entry.watch = DirectoryWatch::open(*function.directory).value_or(nullptr);
  } else {
    code_pin = codes->find(function.code_sha256).value_or(nullptr);
  }
  std::shared_ptr<FunctionLog> log =
      PARLEY_TRY(FunctionLog::open(log_directory(function.name), LogLimits{}));
  std::string name = function.name;
  entry.events = function.settings.events;
  entry.tags = function.settings.tags;
  entry.target = target_of(std::move(function), std::move(code_pin), std::move(log));
  entries.emplace(std::move(name), std::move(entry));
  return {};
}

Target Functions::State::target_of(Function function, std::shared_ptr<const void> code_pin,
                                   std::shared_ptr<FunctionLog> log) const {
  auto deployment = std::make_shared<Deployment>();
  if (function.directory) {
    deployment->task_root = *function.directory;
  } else if (code_pin != nullptr) {
    deployment->task_root = static_cast<const CodeStore::Pin*>(code_pin.get())->task_root();
  } else {
    deployment->task_root = directory + "/code/missing";
  }
  deployment->function = std::move(function);
  deployment->code_pin = std::move(code_pin);
  return Target{.deployment = std::move(deployment), .log = std::move(log)};
}

Result<std::shared_ptr<const void>> Functions::State::take_code(
    const Code& code, Function& function, std::unique_ptr<DirectoryWatch>& watch) {
  CodeDigest digest;
  std::shared_ptr<const void> code_pin;
  if (const auto* in_place = std::get_if<DirectoryCode>(&code)) {
    std::error_code error;
    const fs::path whole = fs::canonical(in_place->path, error);
    if (error || !fs::is_directory(whole, error)) {
      return fail(ErrorCode::kInvalidParameter,
                  fmt::format("{} is not a directory", in_place->path));
    }
    // Watched before it is read, so that no change falls between.
    watch = PARLEY_TRY(DirectoryWatch::open(whole.string()));
    digest = PARLEY_TRY(digest_of_directory(whole.string()));
    function.directory = whole.string();
  } else {
    const std::string& zip = std::get<ZipCode>(code).bytes;
    if (zip.size() > kZipSizeBytesMax) {
      return fail(ErrorCode::kRequestEntityTooLarge,
                  fmt::format("Request must be smaller than {} bytes", kZipSizeBytesMax));
    }
    digest = digest_of_zip(zip);
    code_pin = PARLEY_TRY(codes->add(zip));
    function.directory.reset();
  }
  function.code_sha256 = std::move(digest.sha256);
  function.code_size_bytes = digest.size_bytes;
  return code_pin;
}

Result<Function> Functions::State::replace(Function function, std::shared_ptr<const void> code_pin,
                                           std::unique_ptr<DirectoryWatch> watch) {
  function.last_modified = clock.now();
  function.revision_id = make_uuid(random);
  PARLEY_TRY(records.put(function));
  DeploymentSnapshot current;
  {
    const std::scoped_lock lock(mutex);
    Entry& entry = *entry_of(function.name);  // deployment_mutex keeps it there
    entry.target = target_of(function, std::move(code_pin), entry.target.log);
    if (watch != nullptr || !function.directory) entry.watch = std::move(watch);
    current = entry.target.deployment;
  }
  pool->renew(function.name, current);
  return function;
}

void Functions::State::discard_code(const Function& function) {
  if (function.directory) return;
  {
    const std::scoped_lock lock(mutex);
    for (const auto& [name, entry] : entries) {
      const Function& other = entry.function();
      if (!other.directory && other.code_sha256 == function.code_sha256) return;
    }
  }
  codes->discard(function.code_sha256);
}

Result<Function> Functions::State::replace_settings(Function function) {
  std::shared_ptr<const void> code_pin;
  {
    const std::scoped_lock lock(mutex);
    code_pin = entry_of(function.name)->target.deployment->code_pin;
  }
  return replace(std::move(function), std::move(code_pin), nullptr);
}

Result<Function> Functions::State::annotate(Function function) {
  PARLEY_TRY(records.put(function));
  const std::scoped_lock lock(mutex);
  Entry& entry = *entry_of(function.name);  // deployment_mutex keeps it there
  entry.events = function.settings.events;
  entry.tags = function.settings.tags;
  return function;
}

Result<Target> Functions::State::current_target(std::string_view name,
                                                std::shared_ptr<const NativeFunction>& native) {
  const std::scoped_lock lock(mutex);
  Entry* entry = entry_of(name);
  if (entry == nullptr) return missing(name);
  native = entry->native;
  const auto& directory_of_code = entry->function().directory;
  if (directory_of_code && (entry->watch == nullptr || entry->watch->changed())) {
    // Without a watch, because the directory is gone or there are too many, nothing is known of
    // changes; the processes there are go on.
    const bool known = entry->watch != nullptr;
    auto watch = DirectoryWatch::open(*directory_of_code);
    if (watch || known) {
      entry->target.deployment = std::make_shared<Deployment>(*entry->target.deployment);
    }
    entry->watch = watch ? *std::move(watch) : nullptr;
  }
  return entry->target;
}

Functions::Functions(std::unique_ptr<State> state) : state_(std::move(state)) {}

Functions::~Functions() {
  stop(std::chrono::milliseconds(0));
}

Result<std::unique_ptr<Functions>> Functions::open(storage::KeyValueStore& store,
                                                   storage::CommitPipeline& commits,
                                                   RuntimeEndpoints& endpoints,
                                                   const model::Realm& realm,
                                                   const FunctionsOptions& options,
                                                   const Clock& clock, Random& random) {
  auto state = std::make_unique<State>(store, commits, realm, options, clock, random);
  PARLEY_TRY(state->load(endpoints));
  return std::unique_ptr<Functions>(new Functions(std::move(state)));
}

void Functions::add_native(std::string name, std::string description, NativeFunction function) {
  Function about;
  about.name = name;
  about.arn = function_arn(state_->realm, name);
  about.kind = RuntimeKind::kNative;
  about.settings.runtime = "native";
  about.settings.description = std::move(description);
  about.code_sha256 = digest_of_zip({}).sha256;
  about.last_modified = state_->clock.now();
  about.revision_id = make_uuid(state_->random);
  Entry entry;
  // A log that cannot be kept is no reason to do without the function.
  auto log = FunctionLog::open(state_->log_directory(name), LogLimits{});
  entry.target.log = log ? *std::move(log) : FunctionLog::none();
  auto deployment = std::make_shared<Deployment>();
  deployment->function = std::move(about);
  entry.target.deployment = std::move(deployment);
  entry.native = std::make_shared<const NativeFunction>(std::move(function));
  const std::scoped_lock lock(state_->deployment_mutex, state_->mutex);
  state_->entries.insert_or_assign(std::move(name), std::move(entry));
}

Result<Function> Functions::create(std::string name, FunctionSettings settings, const Code& code) {
  PARLEY_TRY(check_function_name(name));
  PARLEY_TRY(check_settings(settings));
  const std::scoped_lock deploying(state_->deployment_mutex);
  if (exists(name)) {
    return fail(ErrorCode::kResourceConflict, fmt::format("Function already exist: {}", name));
  }
  Function function;
  function.name = name;
  function.arn = function_arn(state_->realm, name);
  function.kind = PARLEY_TRY(runtime_kind_of(settings.runtime));
  function.settings = std::move(settings);
  function.last_modified = state_->clock.now();
  function.revision_id = make_uuid(state_->random);
  Entry entry;
  auto code_pin = PARLEY_TRY(state_->take_code(code, function, entry.watch));
  std::shared_ptr<FunctionLog> log =
      PARLEY_TRY(FunctionLog::open(state_->log_directory(name), LogLimits{}));
  PARLEY_TRY(state_->records.put(function));
  entry.events = function.settings.events;
  entry.tags = function.settings.tags;
  entry.target = state_->target_of(function, std::move(code_pin), std::move(log));
  const std::scoped_lock lock(state_->mutex);
  state_->entries.insert_or_assign(std::move(name), std::move(entry));
  return function;
}

Result<Function> Functions::update_code(std::string_view name, const Code& code,
                                        const std::optional<std::string>& revision_id) {
  const std::scoped_lock deploying(state_->deployment_mutex);
  const Function old = PARLEY_TRY(state_->copy_of(name));
  PARLEY_TRY(check_changeable(old));
  PARLEY_TRY(check_revision(old, revision_id));
  Function changed = old;
  std::unique_ptr<DirectoryWatch> watch;
  auto code_pin = PARLEY_TRY(state_->take_code(code, changed, watch));
  auto result =
      PARLEY_TRY(state_->replace(std::move(changed), std::move(code_pin), std::move(watch)));
  state_->discard_code(old);
  return result;
}

Result<Function> Functions::update_settings(const FunctionUpdate& update) {
  const std::scoped_lock deploying(state_->deployment_mutex);
  Function changed = PARLEY_TRY(state_->copy_of(update.name));
  PARLEY_TRY(check_changeable(changed));
  PARLEY_TRY(check_revision(changed, update.revision_id));
  FunctionSettings& settings = changed.settings;
  settings.runtime = update.runtime.value_or(settings.runtime);
  settings.role = update.role.value_or(settings.role);
  settings.handler = update.handler.value_or(settings.handler);
  settings.description = update.description.value_or(settings.description);
  settings.timeout_s = update.timeout_s.value_or(settings.timeout_s);
  settings.memory_mb = update.memory_mb.value_or(settings.memory_mb);
  settings.environment = update.environment.value_or(settings.environment);
  PARLEY_TRY(check_settings(settings));
  changed.kind = PARLEY_TRY(runtime_kind_of(settings.runtime));
  return state_->replace_settings(std::move(changed));
}

Result<Function> Functions::set_concurrency(std::string_view name, std::optional<int> max) {
  const std::scoped_lock deploying(state_->deployment_mutex);
  Function changed = PARLEY_TRY(state_->copy_of(name));
  PARLEY_TRY(check_changeable(changed));
  PARLEY_TRY(check_reservation(list(), name, max, state_->options.concurrency_max));
  changed.settings.concurrency_max = max;
  PARLEY_TRY(check_settings(changed.settings));
  return state_->replace_settings(std::move(changed));
}

Result<Function> Functions::change_events(std::string_view name,
                                          const std::function<Status(EventSettings&)>& change) {
  const std::scoped_lock deploying(state_->deployment_mutex);
  Function changed = PARLEY_TRY(state_->copy_of(name));
  PARLEY_TRY(check_changeable(changed));
  PARLEY_TRY(change(changed.settings.events));
  return state_->annotate(std::move(changed));
}

Status Functions::change_tags(std::string_view name, const std::map<std::string, std::string>& set,
                              const std::vector<std::string>& removed) {
  const std::scoped_lock deploying(state_->deployment_mutex);
  Function changed = PARLEY_TRY(state_->copy_of(name));
  PARLEY_TRY(check_changeable(changed));
  auto& tags = changed.settings.tags;
  for (const auto& [key, value] : set) tags.insert_or_assign(key, value);
  for (const auto& key : removed) tags.erase(key);
  PARLEY_TRY(check_tags(tags));
  PARLEY_TRY(state_->annotate(std::move(changed)));
  return {};
}

Status Functions::remove(std::string_view name) {
  const std::scoped_lock deploying(state_->deployment_mutex);
  const Function old = PARLEY_TRY(state_->copy_of(name));
  PARLEY_TRY(check_changeable(old));
  PARLEY_TRY(state_->records.erase(name));
  Entry removed;
  {
    const std::scoped_lock lock(state_->mutex);
    removed = std::move(*state_->entry_of(name));
    state_->entries.erase(state_->entries.find(name));
  }
  state_->pool->remove(name);
  removed.target.log->remove();
  state_->discard_code(old);
  return {};
}

Result<Function> Functions::find(std::string_view name) const {
  return state_->copy_of(name);
}

std::vector<Function> Functions::list() const {
  const std::scoped_lock lock(state_->mutex);
  std::vector<Function> functions;
  functions.reserve(state_->entries.size());
  for (const auto& [name, entry] : state_->entries) functions.push_back(entry.copy());
  return functions;
}

Result<std::string> Functions::code_zip(std::string_view name) const {
  const Function function = PARLEY_TRY(state_->copy_of(name));
  PARLEY_TRY(check_changeable(function));
  if (function.directory) return pack_zip(*function.directory);
  return state_->codes->zip_of(function.code_sha256);
}

void Functions::invoke(Invocation invocation, Callback callback) {
  if (invocation.payload.size() > kPayloadSizeBytesMax) {
    return callback(fail(ErrorCode::kRequestEntityTooLarge,
                         fmt::format("Request must be smaller than {} bytes for the InvokeFunction "
                                     "operation",
                                     kPayloadSizeBytesMax)));
  }
  if (invocation.payload.empty()) invocation.payload = "{}";  // as Lambda does
  std::shared_ptr<const NativeFunction> native;
  auto target = state_->current_target(invocation.function_name, native);
  if (!target) return callback(std::unexpected(std::move(target).error()));
  if (native != nullptr) {
    return state_->natives.invoke(std::move(native), std::move(target->log), std::move(invocation),
                                  std::move(callback));
  }
  state_->pool->invoke(*target, std::move(invocation), std::move(callback));
}

bool Functions::exists(std::string_view function_name) const {
  const std::scoped_lock lock(state_->mutex);
  return state_->entry_of(function_name) != nullptr;
}

Result<std::vector<LogLine>> Functions::logs(std::string_view name, std::uint64_t after,
                                             std::size_t limit) const {
  std::shared_ptr<FunctionLog> log;
  {
    const std::scoped_lock lock(state_->mutex);
    const Entry* entry = state_->entry_of(name);
    if (entry == nullptr) return state_->missing(name);
    log = entry->target.log;
  }
  return log->read(after, limit);
}

void Functions::log(std::string_view name, std::string text) {
  std::shared_ptr<FunctionLog> log;
  {
    const std::scoped_lock lock(state_->mutex);
    if (const Entry* entry = state_->entry_of(name)) log = entry->target.log;
  }
  if (log == nullptr) return;
  std::ranges::replace(text, '\n', ' ');
  log->append(state_->clock.now(), {std::move(text)});
}

void Functions::stop(std::chrono::milliseconds grace) {
  state_->pool->stop(grace);
  state_->natives.stop();
}

}  // namespace parley::trigger
