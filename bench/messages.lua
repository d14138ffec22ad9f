-- wrk's script for the messaging API: sends the requests in the file $BENCH_REQUESTS (a line each:
-- method, path, body, parted by tabs) in turn, as whoever $BENCH_TOKEN speaks for, and prints the
-- figures as one line of JSON.
local requests = {}
local at = 0
local seed = 0

function setup(thread)
  thread:set("seed", seed)
  seed = seed + 1
end

function init()
  local headers = {
    ["Authorization"] = "Bearer " .. os.getenv("BENCH_TOKEN"),
    ["Content-Type"] = "application/json",
  }
  for line in io.lines(os.getenv("BENCH_REQUESTS")) do
    local method, path, body = line:match("^([^\t]*)\t([^\t]*)\t(.*)$")
    requests[#requests + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
  end
  at = seed * 1009
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
