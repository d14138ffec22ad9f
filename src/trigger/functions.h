// Functions: what is deployed, and running it. Configuration lives in the store, code in a
// directory of its own; processes speak the Lambda Runtime API (REFERENCE of AWS:
// lambda/latest/dg/runtimes-api.html).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "model/table.h"
#include "storage/commit_pipeline.h"
#include "trigger/invoker.h"

namespace parley::trigger {

/// kProvided: an executable called `bootstrap`. kNative: a function of this program.
enum class RuntimeKind : std::uint8_t { kProvided, kPython, kNode, kNative };

/// How Event invocations of a function are tried; without a value, as Lambda does by default.
struct EventSettings {
  std::optional<int> retries_max = {};  // 0 to 2
  std::optional<int> age_max_s = {};    // 60 to 21,600
  TimestampMicros last_modified = 0;    // 0: never set
};

struct FunctionSettings {
  std::string runtime;  // as given: "python3.12", "nodejs20.x", "provided.al2023", …
  std::string role = {};
  std::string handler = {};  // "module.function"; may be empty for kProvided
  std::string description = {};
  int timeout_s = 3;                                    // 1 to 900
  int memory_mb = 128;                                  // 128 to 10,240
  std::map<std::string, std::string> environment = {};  // at most 4 KiB together
  std::vector<std::string> architectures = {};          // as given; shown, one of x86_64, arm64
  std::optional<int> concurrency_max = {};              // reserved concurrency
  EventSettings events = {};
  std::map<std::string, std::string> tags = {};
};

/// Code as a zip archive's bytes, or a directory that is run where it is and watched: a change
/// there takes effect at the next invocation.
struct ZipCode {
  std::string bytes;
};
struct DirectoryCode {
  std::string path;  // absolute
};
using Code = std::variant<ZipCode, DirectoryCode>;

struct Function {
  std::string name;
  std::string arn;
  RuntimeKind kind = RuntimeKind::kProvided;
  FunctionSettings settings;
  std::optional<std::string> directory = {};  // of DirectoryCode
  std::int64_t code_size_bytes = 0;
  std::string code_sha256;  // base64
  TimestampMicros last_modified = 0;
  std::string revision_id;  // a UUID, new at every change
};

struct FunctionUpdate {
  std::string name;
  std::optional<std::string> revision_id = {};  // must be the current one, if given
  std::optional<std::string> runtime = {};
  std::optional<std::string> role = {};
  std::optional<std::string> handler = {};
  std::optional<std::string> description = {};
  std::optional<int> timeout_s = {};
  std::optional<int> memory_mb = {};
  std::optional<std::map<std::string, std::string>> environment = {};
};

struct LogLine {
  std::uint64_t number = 0;  // from 1 in each function, never reused
  TimestampMicros time = 0;
  std::string text;
};

/// Where a child process finds its Runtime API: one address a process. Implemented over HTTP by
/// whoever wires the program (cli/); a test may do without HTTP.
class RuntimeEndpoints {
 public:
  struct Request {
    std::string_view method;
    std::string_view path;
    std::function<std::string_view(std::string_view)> header;  // by name, case-insensitive
    std::string_view body;
    /// More than the server takes was sent to this address, and dropped; nothing above is set.
    bool body_too_large = false;
  };
  struct Reply {
    int status = 200;
    std::vector<std::pair<std::string_view, std::string>> headers = {};  // static names
    std::string body = {};
  };
  using ReplyCallback = std::move_only_function<void(Reply)>;
  /// Called on a thread that must not block; the reply may come later (a long poll).
  using Handler = std::function<void(const Request&, ReplyCallback)>;

  virtual ~RuntimeEndpoints() = default;
  /// A new address "127.0.0.1:PORT" whose requests go to `handler`. Errors: kIo.
  [[nodiscard]] virtual Result<std::string> open(Handler handler) = 0;
  /// No request reaches the handler after this returns; open polls are dropped.
  virtual void close(const std::string& address) = 0;
};

struct FunctionsOptions {
  std::string directory;     // for code, logs and sockets; made if missing
  std::string endpoint_url;  // of this server: AWS_ENDPOINT_URL and HTTP_PROXY of the children
  int concurrency_max = 16;  // processes over all functions; more invocations queue
  std::size_t queue_max = 1000;
  std::chrono::milliseconds idle_process_lifetime = std::chrono::minutes(10);
  std::chrono::milliseconds init_timeout{10'000};  // Lambda's; then once more with the function's
  std::string search_path = "/usr/local/bin:/usr/bin:/bin";  // PATH of the children
  // Commands or paths of the interpreters; empty: the version that the runtime names ("python3.12")
  // if it is on the search path, else "python3"; "node", else "nodejs".
  std::string python = {};
  std::string node = {};
};

/// Runs in this process: payload in, reply or error out. Called on a thread that may block.
using NativeFunction = std::function<Result<std::string>(std::string_view payload)>;

/// Thread-safe. Borrows what it is given. The destructor kills every process it started.
class Functions final : public Invoker {
 public:
  /// Loads what is deployed. Errors: kIo, kCorruption.
  [[nodiscard]] static Result<std::unique_ptr<Functions>> open(storage::KeyValueStore& store,
                                                               storage::CommitPipeline& commits,
                                                               RuntimeEndpoints& endpoints,
                                                               const model::Realm& realm,
                                                               const FunctionsOptions& options,
                                                               const Clock& clock, Random& random);
  ~Functions() override;

  /// Makes a native function known under `name`, to be listed like the others.
  void add_native(std::string name, std::string description, NativeFunction function);

  // Deployment; each waits until it is durable. A running invocation ends with the code it began
  // with; the next one has the new. Errors: kResourceConflict (the name is taken),
  // kResourceNotFound, kValidation (ranges, names), kInvalidParameter (runtime, environment; a zip
  // that is none), kPreconditionFailed, kIo. As on AWS, a handler that the code does not have is
  // found out by the invocation (Runtime.ImportModuleError, Runtime.InvalidEntrypoint).
  [[nodiscard]] Result<Function> create(std::string name, FunctionSettings settings,
                                        const Code& code);
  [[nodiscard]] Result<Function> update_code(std::string_view name, const Code& code,
                                             const std::optional<std::string>& revision_id);
  [[nodiscard]] Result<Function> update_settings(const FunctionUpdate& update);
  /// All reservations together may not exceed FunctionsOptions::concurrency_max: kInvalidParameter.
  [[nodiscard]] Result<Function> set_concurrency(std::string_view name, std::optional<int> max);
  /// `change` makes of the event settings as they are what they are to be; called with a lock held,
  /// so that no other change comes between. Its error is the result.
  [[nodiscard]] Result<Function> change_events(std::string_view name,
                                               const std::function<Status(EventSettings&)>& change);
  /// Sets `set`, then removes `removed`; neither the code's processes nor the revision change.
  /// Errors besides those above: kInvalidParameter for more than 50 tags.
  [[nodiscard]] Status change_tags(std::string_view name,
                                   const std::map<std::string, std::string>& set,
                                   const std::vector<std::string>& removed);
  [[nodiscard]] Status remove(std::string_view name);
  [[nodiscard]] Result<Function> find(std::string_view name) const;
  /// By name, ascending.
  [[nodiscard]] std::vector<Function> list() const;
  /// The zip archive as it was deployed, or made of the directory.
  [[nodiscard]] Result<std::string> code_zip(std::string_view name) const;

  void invoke(Invocation invocation, Callback callback) override;
  [[nodiscard]] bool exists(std::string_view function_name) const override;

  /// Lines with a number above `after`, oldest first, at most `limit`; the newest `limit` of them
  /// if `after` is 0.
  [[nodiscard]] Result<std::vector<LogLine>> logs(std::string_view name, std::uint64_t after,
                                                  std::size_t limit) const;

  /// Adds a line to the function's log, if there is such a function.
  void log(std::string_view name, std::string text);

  /// Refuses new invocations and waits for the running ones, at most `grace`; then kills.
  void stop(std::chrono::milliseconds grace);

 private:
  struct State;
  explicit Functions(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// The bare name in "name", "name:$LATEST", "123456789012:function:name" or a whole ARN. Errors:
/// kValidation; kResourceNotFound for another version or an alias, of which there are none.
[[nodiscard]] Result<std::string> function_name_of(std::string_view name_or_arn);
[[nodiscard]] std::string function_arn(const model::Realm& realm, std::string_view name);

}  // namespace parley::trigger
