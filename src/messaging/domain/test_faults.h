// What may go wrong between a process and its database, tried at every step of what is tested.
#pragma once

#include <functional>
#include <string>

#include "messaging/domain/test_messaging_table.h"

namespace parley::messaging {

/// One test with many kills. Each run has a name of its own ("3before"), from which the ids of its
/// people and conversations are made.
struct KillTest {
  std::function<void(const std::string& run)> prepare = {};  // may be empty
  std::function<void(const std::string& run)> act = {};      // what is killed; its outcome is lost
  std::function<void(const std::string& run)> check = {};    // after the process is there again
};

/// Runs `test` with a kill before and after the n-th call of its act, for every n, until an act
/// gets by with fewer calls. Returns the number of runs.
int with_every_kill(FaultyDatabase& faults, const KillTest& test);

/// The same with a single lost call.
int with_every_loss(FaultyDatabase& faults, const KillTest& test);

/// From now on each write is done twice and the second outcome returned, as where a reply was lost
/// and the database's client sent the call again.
void write_twice(FaultyDatabase& faults);

}  // namespace parley::messaging
