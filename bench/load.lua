-- wrk's script: sends the bodies in the file $BENCH_BODIES (one a line) to $BENCH_TARGET in turn, and
-- prints the figures as one line of JSON.
local requests = {}
local at = 0
local seed = 0

function setup(thread)
  thread:set("seed", seed)
  seed = seed + 1
end

function init()
  local headers = {
    ["X-Amz-Target"] = "DynamoDB_20120810." .. os.getenv("BENCH_TARGET"),
    ["Content-Type"] = "application/x-amz-json-1.0",
    ["Authorization"] = os.getenv("BENCH_AUTHORIZATION"),
    ["X-Amz-Date"] = "20260101T000000Z",
  }
  for body in io.lines(os.getenv("BENCH_BODIES")) do
    requests[#requests + 1] = wrk.format("POST", "/", headers, body)
  end
  at = seed * 7919  -- the threads do not walk in step
end

function request()
  at = at + 1
  return requests[at % #requests + 1]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'FIGURES {"requests":%d,"duration_us":%d,"p50_us":%d,"p99_us":%d,"failed":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
