// A hub that follows the messaging table of a database in memory, round by round, and clients that
// note what they are told.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "client/stream_walk.h"
#include "client/test_local_database.h"
#include "messaging/domain/items.h"
#include "messaging/live/live_hub.h"

namespace parley::messaging {

/// A client as browsers are one.
class TestSink final : public EventSink {
 public:
  bool send(std::string_view text) override;
  void close() override { closed = true; }
  void on_end(std::move_only_function<void()> callback) override {
    callback_ = std::move(callback);
  }

  /// The client goes. What it was told stays.
  void leave();
  /// "name data" of the events since the last call.
  std::vector<std::string> take();
  /// The same, of one name only; the others are dropped.
  std::vector<std::string> take(std::string_view name);

  std::string last_id;  // as Last-Event-ID would say it
  int comments = 0;
  bool full = false;  // takes nothing more
  bool closed = false;

 private:
  std::vector<std::string> events_;
  std::move_only_function<void()> callback_;
};

/// The table, and who is in which conversation.
struct TestLiveTable {
  TestLiveTable();
  /// Writes an item of DynamoDB's JSON.
  void put(std::string_view item);
  void erase(std::string_view pk, std::string_view sk);
  /// The n-th message of a conversation, by `sender`.
  void say(std::string_view conversation, std::string_view sender, int n,
           std::string_view client_token = {});

  client::TestLocalDatabase database;
  std::map<std::string, std::vector<std::string>, std::less<>> members;
  std::atomic<int> loads = 0;       // of members
  std::atomic<int> loads_fail = 0;  // the next so many
};

/// What a hub on this table gets; borrows it.
[[nodiscard]] LiveHubSources sources_of(TestLiveTable& table);

/// Carries what hubs say to each other, as far as it is told to.
class TestBackplane {
 public:
  void add(LiveHub& hub) { hubs_.push_back(&hub); }
  void remove(LiveHub& hub) { std::erase(hubs_, &hub); }
  void publish(std::string text);
  /// All that was said, and what is said in answer, arrives at every hub.
  void settle();
  /// What was said since the last settle() is lost.
  void lose() { texts_.clear(); }
  /// The hubs are told that words may have been lost, and say everything again in time.
  void restore();
  /// How many words of a kind ("people") were said so far.
  [[nodiscard]] int said(std::string_view kind) const;

 private:
  std::vector<LiveHub*> hubs_;
  std::vector<std::string> texts_;
  std::map<std::string, int, std::less<>> said_;
};

struct TestLiveHub {
  explicit TestLiveHub(TestLiveTable& live_table, HubSettings settings = {});
  /// One of several processes.
  TestLiveHub(TestLiveTable& live_table, TestBackplane& backplane, std::string process);
  /// Everything that is in the stream reaches the hub.
  void settle();
  std::shared_ptr<TestSink> connect(std::string_view person, std::string_view last_id = {});
  /// Time passes, and what is due happens.
  void advance(std::chrono::milliseconds time);

  TestLiveTable& table;
  std::unique_ptr<LiveHub> hub;
  client::StreamWalk walk;
};

/// The text in "message {…}", as take() gives it.
[[nodiscard]] std::string text_of_message(std::string_view event);

}  // namespace parley::messaging
