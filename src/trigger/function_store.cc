#include "trigger/function_store.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "model/item.h"
#include "model/number.h"

namespace parley::trigger {
namespace {

using model::AttributeType;

constexpr std::uint32_t kStorageId = 8;

std::string key_prefix(std::uint32_t id) {
  std::string key;
  append_u32_be(key, id);
  return key;
}

std::string key_of(std::string_view name) {
  return key_prefix(kStorageId).append(name);
}

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out), map_(out, model::MapBuilder::Kind::kItem) {}
  void text(std::string_view name, std::string_view value) {
    map_.begin_entry(name);
    model::append_string(out_, value);
  }
  void integer(std::string_view name, std::int64_t value) {
    map_.begin_entry(name);
    model::append_number(out_, model::Number::from_int64(value));
  }
  void texts(std::string_view name, const std::vector<std::string>& values) {
    map_.begin_entry(name);
    model::ListBuilder list(out_);
    for (const auto& value : values) {
      model::append_string(out_, value);
      list.element_added();
    }
    list.finish();
  }
  void texts(std::string_view name, const std::map<std::string, std::string>& values) {
    map_.begin_entry(name);
    model::MapBuilder nested(out_);
    for (const auto& [key, value] : values) {
      nested.begin_entry(key);
      model::append_string(out_, value);
    }
    nested.finish();
  }
  void finish() { map_.finish(); }

 private:
  std::string& out_;
  model::MapBuilder map_;
};

/// Members of a record; one of the wrong type makes the whole record bad.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : item_(bytes) {}
  [[nodiscard]] bool good() const { return good_; }

  std::optional<std::string> optional_text(std::string_view name) {
    const auto value = typed(name, AttributeType::kString);
    if (!value) return std::nullopt;
    return std::string(value->scalar_bytes());
  }
  std::string text(std::string_view name) { return optional_text(name).value_or(""); }
  std::optional<std::int64_t> optional_integer(std::string_view name) {
    const auto value = typed(name, AttributeType::kNumber);
    if (!value) return std::nullopt;
    const auto digits = value->number().to_text();
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size()) good_ = false;
    return number;
  }
  std::int64_t integer(std::string_view name) { return optional_integer(name).value_or(0); }
  std::vector<std::string> texts(std::string_view name) {
    std::vector<std::string> result;
    const auto value = typed(name, AttributeType::kList);
    if (!value) return result;
    for (const auto element : value->list()) {
      if (element.type() != AttributeType::kString) {
        good_ = false;
        break;
      }
      result.emplace_back(element.scalar_bytes());
    }
    return result;
  }
  std::map<std::string, std::string> text_map(std::string_view name) {
    std::map<std::string, std::string> result;
    const auto value = typed(name, AttributeType::kMap);
    if (!value) return result;
    for (const auto& entry : value->map()) {
      if (entry.value.type() != AttributeType::kString) {
        good_ = false;
        break;
      }
      result.emplace(entry.name, entry.value.scalar_bytes());
    }
    return result;
  }

 private:
  std::optional<model::ValueView> typed(std::string_view name, AttributeType type) {
    const auto value = item_.find(name);
    if (value && value->type() != type) {
      good_ = false;
      return std::nullopt;
    }
    return value;
  }
  model::ItemView item_;
  bool good_ = true;
};

}  // namespace

std::string make_function_record(const Function& function) {
  std::string bytes;
  Writer writer(bytes);
  const FunctionSettings& settings = function.settings;
  writer.text("name", function.name);
  writer.integer("kind", static_cast<std::int64_t>(function.kind));
  writer.text("runtime", settings.runtime);
  writer.text("role", settings.role);
  writer.text("handler", settings.handler);
  writer.text("description", settings.description);
  writer.integer("timeout_s", settings.timeout_s);
  writer.integer("memory_mb", settings.memory_mb);
  writer.texts("environment", settings.environment);
  writer.texts("architectures", settings.architectures);
  if (settings.concurrency_max) writer.integer("concurrency_max", *settings.concurrency_max);
  if (settings.events.last_modified != 0) {
    writer.integer("events_last_modified", settings.events.last_modified);
    if (settings.events.retries_max) {
      writer.integer("event_retries_max", *settings.events.retries_max);
    }
    if (settings.events.age_max_s) writer.integer("event_age_max_s", *settings.events.age_max_s);
  }
  if (!settings.tags.empty()) writer.texts("tags", settings.tags);
  if (function.directory) writer.text("directory", *function.directory);
  writer.integer("code_size_bytes", function.code_size_bytes);
  writer.text("code_sha256", function.code_sha256);
  writer.integer("last_modified", function.last_modified);
  writer.text("revision_id", function.revision_id);
  writer.finish();
  return bytes;
}

Result<Function> read_function_record(std::string_view bytes) {
  if (!model::is_valid_item(bytes)) {
    return fail(ErrorCode::kCorruption, "A function's record is damaged");
  }
  Reader reader(bytes);
  Function function;
  FunctionSettings& settings = function.settings;
  function.name = reader.text("name");
  const std::int64_t kind = reader.integer("kind");
  function.kind = static_cast<RuntimeKind>(kind);
  settings.runtime = reader.text("runtime");
  settings.role = reader.text("role");
  settings.handler = reader.text("handler");
  settings.description = reader.text("description");
  settings.timeout_s = static_cast<int>(reader.integer("timeout_s"));
  settings.memory_mb = static_cast<int>(reader.integer("memory_mb"));
  settings.environment = reader.text_map("environment");
  settings.architectures = reader.texts("architectures");
  if (const auto max = reader.optional_integer("concurrency_max")) {
    settings.concurrency_max = static_cast<int>(*max);
  }
  settings.events.last_modified = reader.integer("events_last_modified");
  if (const auto max = reader.optional_integer("event_retries_max")) {
    settings.events.retries_max = static_cast<int>(*max);
  }
  if (const auto max = reader.optional_integer("event_age_max_s")) {
    settings.events.age_max_s = static_cast<int>(*max);
  }
  settings.tags = reader.text_map("tags");
  function.directory = reader.optional_text("directory");
  function.code_size_bytes = reader.integer("code_size_bytes");
  function.code_sha256 = reader.text("code_sha256");
  function.last_modified = reader.integer("last_modified");
  function.revision_id = reader.text("revision_id");
  if (!reader.good() || function.name.empty() || kind < 0 ||
      kind >= static_cast<std::int64_t>(RuntimeKind::kNative)) {
    return fail(ErrorCode::kCorruption, "A function's record is damaged");
  }
  return function;
}

Result<std::vector<Function>> FunctionStore::load() const {
  std::vector<Function> functions;
  const auto records = store_.scan({key_prefix(kStorageId), key_prefix(kStorageId + 1)},
                                   storage::Direction::kForward);
  for (; records->valid(); records->next()) {
    functions.push_back(PARLEY_TRY(read_function_record(records->value())));
    functions.back().arn = function_arn(realm_, functions.back().name);
  }
  PARLEY_TRY(records->status());
  return functions;
}

Status FunctionStore::put(const Function& function) {
  storage::WriteBatch batch;
  batch.put(key_of(function.name), make_function_record(function));
  return commits_.wait(commits_.submit(std::move(batch)));
}

Status FunctionStore::erase(std::string_view name) {
  storage::WriteBatch batch;
  batch.erase(key_of(name));
  return commits_.wait(commits_.submit(std::move(batch)));
}

}  // namespace parley::trigger
