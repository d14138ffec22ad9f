// Orphans: what processes of functions leave behind when they end, also what has left their process
// group with setsid. Each such process is the reaper of its descendants (child_process.cc), so that
// they stay below it as long as it lives; when it ends they become children of the server.
#pragma once

namespace parley::trigger {

/// Makes this process the parent of its descendants' orphans. Once is enough.
void adopt_orphans();

/// Kills and reaps what this process has adopted, and what that leaves behind in turn. The kernel
/// gives orphans to the main thread: a process that uses this must start none on it. Blocks for
/// moments; what does not die by then is looked at again by the next call. Does nothing where the
/// kernel does not list children (CONFIG_PROC_CHILDREN).
void kill_orphans();

}  // namespace parley::trigger
