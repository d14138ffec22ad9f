#include "trigger/test_stream.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "codec/item_json.h"

namespace parley::trigger {
namespace {

constexpr std::chrono::seconds kPatience{30};

/// One text of each record in an event.
template <class Pick>
std::vector<std::string> each_record(std::string_view payload, Pick pick) {
  simdjson::dom::parser parser;
  simdjson::dom::element event;
  std::vector<std::string> texts;
  if (parser.parse(payload.data(), payload.size()).get(event) != simdjson::SUCCESS) {
    ADD_FAILURE() << "not JSON: " << payload;
    return texts;
  }
  simdjson::dom::array records;
  if (event["Records"].get(records) != simdjson::SUCCESS) return texts;
  for (const auto record : records) texts.emplace_back(pick(record));
  return texts;
}

/// What an ARN says after region and account.
std::string_view resource_of(std::string_view arn) {
  const auto at = arn.find(":table/");
  return at == std::string_view::npos ? arn : arn.substr(at);
}

}  // namespace

TestStream::TestStream(std::size_t shards) : shards_(shards) {
  auto stream = std::make_shared<stream::Stream>();
  stream->arn = "arn:aws:dynamodb:us-east-1:000000000001:table/T/stream/2026-11-23T19:00:00.000";
  stream->table_name = "T";
  stream->key.hash = {{"pk", model::AttributeType::kString}};
  stream->view_type = model::StreamViewType::kNewImage;
  for (std::size_t i = 0; i < shards; ++i) {
    stream->shards.push_back({.id = fmt::format("shardId-{:020}-{:08x}", 1, i)});
  }
  stream_ = std::move(stream);
}

stream::SequenceNumber TestStream::add(std::string_view pk, std::string_view v,
                                       TimestampMicros time, std::size_t shard) {
  std::vector<std::shared_ptr<std::function<void()>>> listeners;
  stream::SequenceNumber number = 0;
  {
    const std::scoped_lock lock(mutex_);
    auto& place = shards_[shard];
    number = place.last = std::max(place.last + 1, static_cast<std::uint64_t>(time) * 1000);
    place.records.push_back(test_record(number, pk, v, time));
    for (const auto& listener : listeners_) {
      if (auto strong = listener.lock()) listeners.push_back(std::move(strong));
    }
  }
  for (const auto& listener : listeners) (*listener)();
  return number;
}

void TestStream::trim(stream::SequenceNumber number, std::size_t shard) {
  const std::scoped_lock lock(mutex_);
  auto& place = shards_[shard];
  place.horizon = number;
  std::erase_if(place.records, [&](const auto& record) { return record.number <= number; });
}

void TestStream::remove() {
  const std::scoped_lock lock(mutex_);
  is_removed_ = true;
}

std::vector<stream::Record> TestStream::records(std::size_t shard) const {
  const std::scoped_lock lock(mutex_);
  return shards_[shard].records;
}

class TestStream::Source final : public StreamSource {
 public:
  explicit Source(TestStream& test) : test_(test) {}

  Result<stream::StreamSnapshot> find(std::string_view arn) const override {
    const std::scoped_lock lock(test_.mutex_);
    if (test_.is_removed_ || resource_of(arn) != resource_of(test_.stream_->arn)) {
      return fail(ErrorCode::kResourceNotFound, "no stream");
    }
    return test_.stream_;
  }

  Result<stream::RecordPage> read(const stream::Stream&, std::size_t shard,
                                  stream::SequenceNumber after,
                                  const stream::ReadLimits& limits) const override {
    const std::scoped_lock lock(test_.mutex_);
    const auto& place = test_.shards_[shard];
    if (after != 0 && after < place.horizon) return fail(ErrorCode::kTrimmedDataAccess, "trimmed");
    stream::RecordPage page;
    page.last = after;
    auto record = std::ranges::upper_bound(place.records, after, {}, &stream::Record::number);
    for (; record != place.records.end() && page.records.size() < limits.records_max; ++record) {
      page.records.push_back(*record);
      page.last = record->number;
    }
    return page;
  }

  Result<stream::SequenceNumber> latest(const stream::Stream&, std::size_t shard) const override {
    const std::scoped_lock lock(test_.mutex_);
    return test_.shards_[shard].last;
  }

  stream::SequenceNumber trim_horizon(const stream::Stream&, std::size_t shard) const override {
    const std::scoped_lock lock(test_.mutex_);
    return test_.is_removed_ ? UINT64_MAX : test_.shards_[shard].horizon;
  }

  std::shared_ptr<void> subscribe(std::function<void()> listener) override {
    auto shared = std::make_shared<std::function<void()>>(std::move(listener));
    const std::scoped_lock lock(test_.mutex_);
    test_.listeners_.push_back(shared);
    return shared;
  }

 private:
  TestStream& test_;
};

std::unique_ptr<StreamSource> TestStream::source() {
  return std::make_unique<Source>(*this);
}

stream::Record test_record(stream::SequenceNumber number, std::string_view pk, std::string_view v,
                           TimestampMicros time) {
  stream::Record record;
  record.number = number;
  record.created_at = time;
  record.keys = codec::parse_item(fmt::format(R"({{"pk":{{"S":"{}"}}}})", pk)).value();
  record.new_image =
      codec::parse_item(fmt::format(R"({{"pk":{{"S":"{}"}},"v":{{"S":"{}"}}}})", pk, v)).value();
  record.size_bytes = 20;
  record.event_id = fmt::format("{:032x}", number);
  return record;
}

std::vector<std::string> values_of(std::string_view payload) {
  return each_record(payload, [](const simdjson::dom::element& record) {
    std::string_view v;
    EXPECT_EQ(record["dynamodb"]["NewImage"]["v"]["S"].get(v), simdjson::SUCCESS);
    return v;
  });
}

std::vector<std::string> numbers_of(std::string_view payload) {
  return each_record(payload, [](const simdjson::dom::element& record) {
    std::string_view number;
    EXPECT_EQ(record["dynamodb"]["SequenceNumber"].get(number), simdjson::SUCCESS);
    return number;
  });
}

InvocationOutcome replied(std::string payload) {
  return {.request_id = "5e5f1c2a-0000-4000-8000-000000000001", .payload = std::move(payload)};
}

InvocationOutcome threw(std::string message) {
  return {.request_id = "5e5f1c2a-0000-4000-8000-000000000002",
          .payload = fmt::format(R"({{"errorMessage":"{}","errorType":"Error"}})", message),
          .function_error = true};
}

void TestInvoker::answer_with(Function function) {
  const std::scoped_lock lock(mutex_);
  function_ = std::move(function);
}

void TestInvoker::invoke(Invocation invocation, Callback callback) {
  Function function;
  {
    const std::scoped_lock lock(mutex_);
    payloads_.push_back(invocation.payload);
    function = function_;
    if (!function) waiting_.push_back({invocation, std::move(callback)});
  }
  came_.notify_all();
  if (function) callback(function(invocation));
}

bool TestInvoker::exists(std::string_view function_name) const {
  return function_name != "missing";
}

TestInvoker::Waiting TestInvoker::next() {
  std::unique_lock lock(mutex_);
  if (!came_.wait_for(lock, kPatience, [this] { return !waiting_.empty(); })) {
    ADD_FAILURE() << "no invocation came";
    return {{}, [](const Result<InvocationOutcome>&) {}};
  }
  Waiting waiting = std::move(waiting_.front());
  waiting_.pop_front();
  return waiting;
}

std::size_t TestInvoker::waiting() const {
  const std::scoped_lock lock(mutex_);
  return waiting_.size();
}

std::vector<std::string> TestInvoker::payloads(std::size_t count) {
  std::unique_lock lock(mutex_);
  EXPECT_TRUE(came_.wait_for(lock, kPatience, [&] { return payloads_.size() >= count; }));
  return payloads_;
}

}  // namespace parley::trigger
