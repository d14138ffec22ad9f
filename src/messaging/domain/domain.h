// The domain of messaging: what people do with conversations and messages, on the messaging table,
// wherever the database is. The manual, in short.
//
//   people.h         profiles, handles, blocks
//   conversations.h  making, listing, joining, leaving, reading
//   messages.h       sending, history, editing, deleting, reacting
//   account.h        export and erasure
//   items.h          the table's items as values; docs/formats/messaging.md
//
// Every function takes the person who asks (`asker`, a user id that sign-in has vouched for) and
// checks for itself what that person may do: a caller cannot forget it. Errors: a Refusal
// (messaging/refusal.h) for what the person asked wrongly, before anything is written; else the
// database's own. All classes are thread-safe, block on the database, borrow the Domain they are
// made with, and keep nothing that must last: any number of processes may work on one table.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "client/database.h"
#include "client/remote_database.h"
#include "messaging/domain/message_times.h"

namespace parley::messaging {

struct DomainSettings {
  std::string table = "cruddur-messages";
  std::string index = "message-group-sk-index";
  std::size_t message_characters_max = 1024;  // Unicode code points, the original's limit
  std::chrono::seconds message_retention{0};  // 0: for ever
  long members_moved_max = 100;               // docs/formats/messaging.md, large groups
  std::size_t members_max = 5000;             // of a group
};

/// How a read sees what others have just written: as it is, or as a cache may still have it.
enum class Freshness : std::uint8_t { kConsistent, kCached };

/// Eventually consistent reads of whole collections, through a cache where there is one: the same
/// contract as Database::call for Query, GetItem and BatchGetItem. `collection` is the pk that is
/// read. A list reads the member items of many conversations at once, and the pinned ones, as part
/// of the person's rows: so a change of the item CNV#c / MBR#u, or of one of PIN#u, is one of the
/// collection GRP#u too (user_of_list in table_items.h), and whoever tells the cache of changes
/// (here, or for the stream's records) says both.
class Reads {
 public:
  using Make = std::function<Result<std::string>()>;
  virtual ~Reads() = default;
  [[nodiscard]] virtual Result<std::shared_ptr<const std::string>> read(std::string_view collection,
                                                                        std::string_view operation,
                                                                        std::string_view input) = 0;
  /// What `make` returns, kept as one of the replies of the collection under `name`: for what takes
  /// several reads, all of whose changes are told as the collection's.
  [[nodiscard]] virtual Result<std::shared_ptr<const std::string>> made(std::string_view collection,
                                                                        std::string_view name,
                                                                        const Make& make) = 0;
  /// To be called after each write to the collection, successful or not.
  virtual void changed(std::string_view collection) = 0;
};

/// Asks the database each time.
class UncachedReads final : public Reads {
 public:
  explicit UncachedReads(client::Database& database) : database_(database) {}
  [[nodiscard]] Result<std::shared_ptr<const std::string>> read(std::string_view collection,
                                                                std::string_view operation,
                                                                std::string_view input) override;
  [[nodiscard]] Result<std::shared_ptr<const std::string>> made(std::string_view collection,
                                                                std::string_view name,
                                                                const Make& make) override;
  void changed(std::string_view) override {}

 private:
  client::Database& database_;
};

/// What every part of the domain works with. Everything is borrowed and must outlive the users.
struct Domain {
  client::Database& database;
  Reads& reads;
  const Clock& clock;
  Random& random;
  MessageTimes& times;  // one a process
  DomainSettings settings = {};
  client::Pause pause = client::system_pause();
};

}  // namespace parley::messaging
