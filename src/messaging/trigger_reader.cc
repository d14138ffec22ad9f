#include "messaging/trigger_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "messaging/domain/table_calls.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

constexpr std::string_view kName = "conversation-trigger";
constexpr std::string_view kCheckpointPrefix = "CHK#";
// A stream without messages is not read again from further back than this.
constexpr std::chrono::minutes kIdleCheckpointInterval{5};

bool is_message(const client::StreamRecord& record) {
  std::string_view pk;
  return record.keys["pk"]["S"].get(pk) == simdjson::SUCCESS && pk.starts_with(kMessagePrefix);
}

/// The messages of the batch as a Lambda event; empty if there are none.
std::string event_of(const client::StreamBatch& batch) {
  std::string records;
  for (const client::StreamRecord& record : batch.records) {
    if (!is_message(record)) continue;
    records += (records.empty() ? "" : ",") + std::string(simdjson::minify(record.json));
  }
  return records.empty() ? records : R"({"Records":[)" + records + "]}";
}

}  // namespace

TriggerReader::TriggerReader(Domain& domain, client::Database& reader, std::string holder,
                             TriggerReaderOptions options)
    : domain_(domain),
      reader_(reader),
      options_(std::move(options)),
      trigger_(domain.database, {.table = domain.settings.table,
                                 .index = domain.settings.index,
                                 .members_moved_max = domain.settings.members_moved_max,
                                 .pause = domain.pause,
                                 .log = options_.log}),
      lease_(domain, std::string(kName), std::move(holder), options_.lease_time) {}

TriggerReader::~TriggerReader() {
  stop();
}

void TriggerReader::start() {
  thread_ = std::thread([this] { run(); });
}

void TriggerReader::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void TriggerReader::run() {
  do {
    const auto taken = lease_.take();
    if (!taken) log("the lease could not be taken", taken.error());
    if (taken && *taken) lead();
  } while (pause());
}

/// Until the lease is lost, or it is to stop.
void TriggerReader::lead() {
  auto from = checkpoints();
  if (!from) {
    log("the checkpoints could not be read", from.error());
    lease_.give_back();
    return;
  }
  client::StreamFollowerOptions following;
  following.walk.table = domain_.settings.table;
  following.walk.from = *std::move(from);
  following.announcer = options_.announcer;
  following.poll_interval = options_.poll_interval;
  following.report_failure = [this](std::string_view what) {
    if (options_.log) options_.log(fmt::format("{}: {}", kName, what));
  };
  client::StreamFollower follower(reader_, domain_.clock, *this, std::move(following));
  follower.start();
  bool goes_on = true;
  while (goes_on && lease_.is_held()) {
    goes_on = pause();
    if (!goes_on) break;
    const auto renewed = lease_.take();
    if (!renewed) log("the lease could not be renewed", renewed.error());
  }
  follower.stop();
  lease_.give_back();
}

bool TriggerReader::pause() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, options_.lease_interval, [this] { return stopping_; });
  return !stopping_;
}

void TriggerReader::begins(std::string_view, const client::StreamPositions&) {}

bool TriggerReader::handle(const client::StreamBatch& batch) {
  if (!lease_.is_held()) return false;
  const std::string event = event_of(batch);
  if (!event.empty()) {
    const auto handled = trigger_.handle(event);
    if (!handled) {
      log("messages could not be served and are tried again", handled.error());
      return false;
    }
  }
  // A checkpoint is a record of the same stream: one that nothing but checkpoints called for would
  // call for the next.
  const auto saved = saved_at_.find(batch.shard_id);
  const std::chrono::microseconds since_saved(domain_.clock.now() -
                                              (saved == saved_at_.end() ? 0 : saved->second));
  const bool due = event.empty() ? since_saved >= kIdleCheckpointInterval
                                 : since_saved >= options_.checkpoint_interval;
  const auto position = batch.positions.find(batch.shard_id);
  if (due && position != batch.positions.end()) save(position->first, position->second);
  return true;
}

void TriggerReader::gap(std::string_view why) {
  if (options_.log) options_.log(fmt::format("{}: records were missed: {}", kName, why));
}

/// Where the last leader stood. Empty, that is, everything that the stream still has, if there was
/// none.
Result<client::StreamPositions> TriggerReader::checkpoints() {
  client::StreamPositions positions;
  PARLEY_TRY(TableCalls(domain_).for_each(key_of(kCheckpointPrefix, kName),
                                          [&](const simdjson::dom::element& item) {
                                            const auto shard = text_of(item, "sk");
                                            const auto position = text_of(item, "sequence_number");
                                            if (shard && position)
                                              positions.emplace(*shard, *position);
                                            return true;
                                          }));
  return positions;
}

void TriggerReader::save(std::string_view shard, std::string_view position) {
  ItemChange change;
  change.update = "SET sequence_number = :s";
  change.parameters.text(":s", position);
  const auto saved =
      TableCalls(domain_).update({key_of(kCheckpointPrefix, kName), std::string(shard)}, change);
  // What is not saved is served again.
  if (!saved) log("a checkpoint could not be saved", saved.error());
  if (saved) saved_at_.insert_or_assign(std::string(shard), domain_.clock.now());
}

void TriggerReader::log(std::string_view what, const Error& error) const {
  if (options_.log) options_.log(fmt::format("{}: {}: {}", kName, what, error.message));
}

}  // namespace parley::messaging
