#include "trigger/process/guardian.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace parley::trigger {
namespace {

// POSIX sh; $1 is the marker. The list has a space before and after each number. What is found by
// its environment is looked for until nothing is found, as it may have started more meanwhile.
constexpr const char* kScript = R"(
trap '' HUP INT TERM
groups=' '
while read -r what group; do
  case $what in
    +) groups="$groups$group " ;;
    -) case $groups in
         *" $group "*) groups="${groups%% $group *} ${groups#* $group }" ;;
       esac ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group"; done 2>/dev/null
looks=0
while [ $looks -lt 16 ]; do
  found=$(grep -laF -- "$1" /proc/[0-9]*/environ)
  [ -n "$found" ] || break
  looks=$((looks + 1))
  for each in $found; do
    each=${each#/proc/}
    kill -s KILL "${each%/environ}"
  done
done 2>/dev/null
)";

}  // namespace

Status Guardian::start() {
  shell_ =
      PARLEY_TRY(ChildProcess::start({.arguments = {"/bin/sh", "-c", kScript, "guardian", marker_},
                                      .environment = {"PATH=/usr/bin:/bin"},
                                      .directory = "/",
                                      .data_size_bytes_max = 0,
                                      .reads_input = true,
                                      .survives_parent = true}));
  for (const pid_t group : groups_) {
    if (!tell('+', group)) return fail(ErrorCode::kIo, "The guardian of processes does not answer");
  }
  return {};
}

bool Guardian::tell(char what, pid_t group) {
  const std::string line = fmt::format("{} {}\n", what, group);
  return ::write(shell_.input(), line.data(), line.size()) == static_cast<ssize_t>(line.size());
}

Status Guardian::watch(pid_t group) {
  groups_.insert(group);
  if (shell_.id() != 0 && tell('+', group)) return {};
  return start();  // the first time, or because somebody killed it
}

void Guardian::forget(pid_t group) {
  groups_.erase(group);
  if (shell_.id() == 0 || tell('-', group)) return;
  // It is gone: the next watch() starts another.
}

}  // namespace parley::trigger
