// A stream that is switched on: its label (the time, which is part of its ARN) and its place in the
// store.
#pragma once

#include <string>

#include "base/clock.h"
#include "model/table.h"

namespace parley::engine {

/// "2026-11-22T15:04:05.678", UTC.
[[nodiscard]] std::string stream_label(TimestampMicros time);

struct DatabaseState;

/// Switches on a stream of `table`: a label that no stream of a table of this name has had, shards
/// and storage id. Precondition: tables_mutex is held.
void start_stream(DatabaseState& state, model::Table& table, model::StreamViewType view_type);

}  // namespace parley::engine
