-- wrk posts the file BODY in a closed loop and prints what it saw as one line of JSON.
local file = assert(io.open(os.getenv("BODY"), "rb"))
wrk.method = "POST"
wrk.body = file:read("*a")
wrk.headers["content-type"] = "application/json"
file:close()

function done(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.status + errors.timeout + errors.connect + errors.read + errors.write
  io.write(string.format(
    '\nWRK {"calls":%d,"errors":%d,"us":%d,"p50":%d,"p90":%d,"p99":%d,"p999":%d}\n',
    summary.requests, failed, summary.duration, latency:percentile(50), latency:percentile(90),
    latency:percentile(99), latency:percentile(99.9)))
end
