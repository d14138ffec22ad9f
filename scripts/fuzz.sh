#!/usr/bin/env bash
# Builds the fuzzers and runs each for SECONDS_EACH (60) seconds; stops at the first finding.
set -euo pipefail
cmake --preset fuzz >/dev/null
cmake --build build/fuzz --target fuzzers
for fuzzer in build/fuzz/fuzz/fuzz_*; do
  [ -x "$fuzzer" ] && [ -f "$fuzzer" ] || continue
  name=$(basename "$fuzzer")
  corpus="build/fuzz/corpus/$name"
  log="build/fuzz/$name.log"
  mkdir -p "$corpus"
  # What a mutation would hardly find by itself: well-formed inputs to begin with.
  seeds="fuzz/seeds/$name"
  [ -d "$seeds" ] || seeds=
  if ! "$fuzzer" -max_total_time="${SECONDS_EACH:-60}" -timeout=5 -rss_limit_mb=2048 \
    -artifact_prefix="build/fuzz/$name-" -print_final_stats=1 \
    "$corpus" ${seeds:+"$seeds"} >"$log" 2>&1; then
    tail -n 40 "$log"
    echo "fuzz: $name found something" >&2
    exit 1
  fi
  echo "$name: $(awk '/number_of_executed_units/{print $2}' "$log") runs, nothing found"
done
