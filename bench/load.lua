-- wrk's script: sends the bodies in the file $BENCH_BODIES (one a line) to $BENCH_TARGET in turn, and
-- prints the figures as one line of JSON. Where a body holds SERIAL, each request has a number of its
-- own there: a write of what is stored already would be no write.
local SERIAL = "0123456789"
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
    local text = wrk.format("POST", "/", headers, body)
    local first, last = text:find(SERIAL, 1, true)
    requests[#requests + 1] = first
      and { before = text:sub(1, first - 1), after = text:sub(last + 1) } or { whole = text }
  end
  at = seed * 1000000000  -- the threads do not walk in step
end

function request()
  at = at + 1
  local chosen = requests[at % #requests + 1]
  if chosen.whole then return chosen.whole end
  return chosen.before .. string.format("%010d", at) .. chosen.after
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'FIGURES {"requests":%d,"duration_us":%d,"p50_us":%d,"p99_us":%d,"failed":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
