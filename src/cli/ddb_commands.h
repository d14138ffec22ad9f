// The commands of `parley ddb`. Each prints its outcome on console.out; an error is returned and
// printed by the caller.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "cli/console.h"
#include "cli/ddb_target.h"
#include "cli/exit_code.h"
#include "cli/founding_table.h"

namespace parley::cli {

struct DdbOptions {
  DdbTargetOptions target = {};
  std::string table = std::string(kDefaultTable);
  bool json = false;
  bool yes = false;                                     // drop: asks nothing
  bool trigger = false;                                 // schema-load: and its trigger
  std::string group = std::string(kSeedGroupUuid);      // get-conversation
  std::string user = std::string(kSeedPeople[0].uuid);  // list-conversations
  unsigned limit = 0;                                   // 0: the command's own
  std::string cursor = {};                              // the sort key to go on after
};

/// What a command works with. Borrowed for the call.
struct DdbContext {
  const DdbOptions& options;
  const DdbTarget& target;
  const Console& console;
  Clock& clock;
  Random& random;
};

using DdbCommand = Result<ExitCode> (*)(const DdbContext& context);

/// Creates the messaging table and waits until it is ACTIVE; with `options.trigger` puts the native
/// conversation trigger on its stream, else says how to (not on AWS, which has no such function).
[[nodiscard]] Result<ExitCode> schema_load(const DdbContext& context);
/// Prints the names of all tables, one a line.
[[nodiscard]] Result<ExitCode> list_tables(const DdbContext& context);
/// Deletes `options.table`; on AWS only after a yes.
[[nodiscard]] Result<ExitCode> drop(const DdbContext& context);
/// Writes the demo conversation.
[[nodiscard]] Result<ExitCode> seed(const DdbContext& context);
/// Prints every item, or the first `limit`: its keys and the rest of it as JSON.
[[nodiscard]] Result<ExitCode> scan(const DdbContext& context);
/// Pattern A: the newest messages of `options.group`, from `options.cursor` on.
[[nodiscard]] Result<ExitCode> get_conversation(const DdbContext& context);
/// Pattern B: the conversations of `options.user`, by newest message, from `options.cursor` on.
[[nodiscard]] Result<ExitCode> list_conversations(const DdbContext& context);

}  // namespace parley::cli
