// What a database elsewhere answers, and what its stream says to people: any text as any reply, as
// an error, and as the id of an event that a client sends back.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "base/utf8.h"
#include "client/database.h"
#include "client/stream_calls.h"
#include "messaging/live/event_place.h"
#include "messaging/live/record_events.h"

namespace {

using namespace parley;

/// Answers each of the first calls with the same text, so that a reply that says "there is more" is
/// read twice, and then fails.
class OneReply final : public client::Database {
 public:
  explicit OneReply(const std::string& reply) : reply_(reply) {}
  [[nodiscard]] Result<std::string> call(std::string_view, std::string_view) override {
    if (++calls_ > 2) return fail(ErrorCode::kIo, "The server has gone");
    return reply_;
  }

 private:
  const std::string& reply_;
  int calls_ = 0;
};

void check_records(const std::string& text) {
  OneReply database(text);
  client::StreamPage page;
  if (!client::read_records(database, "iterator", 1000, page)) return;
  messaging::RecordEvents events(2);
  // Twice: what is remembered of a record is what the next one is compared with.
  for (int round = 0; round < 2; ++round) {
    for (const client::StreamRecord& record : page.records) {
      const messaging::RecordMeaning meaning = events.read(record);
      for (std::size_t i = 0; i < meaning.events.size(); ++i) {
        const messaging::LiveEvent& event = meaning.events[i];
        PARLEY_ASSERT(!event.name.empty() && !event.conversation.empty() && is_utf8(event.data));
        static_cast<void>(meaning.completes(i));
      }
    }
  }
}

void check_place(const std::string& text) {
  const auto place = messaging::parse_place(text);
  if (!place) return;
  const std::string again = messaging::place_text(place->stream, place->positions);
  const auto same = messaging::parse_place(again);
  PARLEY_ASSERT(same && same->stream == place->stream && same->positions == place->positions);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  OneReply table(text);
  OneReply stream(text);
  OneReply shard(text);
  static_cast<void>(client::newest_stream(table, "table"));
  static_cast<void>(client::describe_stream(stream, "arn"));
  static_cast<void>(client::iterator_at_start(shard, "arn", "shard"));
  PARLEY_ASSERT(client::service_error(400, text).code == ErrorCode::kRemote);
  check_records(text);
  check_place(text);
  return 0;
}
