-- For wrk: posts each line of a file once (a body, or a signature, a tab and a body), and tells as JSON what came of it.
local bodies, position = {}, 0
local headers = { ["Content-Type"] = "application/json" }

function init()
    local first, last, number = tonumber(os.getenv("FIRST")), tonumber(os.getenv("LAST")), 0
    local basic = os.getenv("BASIC")
    if basic ~= "" then headers["Authorization"] = "Basic " .. basic end
    for line in io.lines(os.getenv("BODIES")) do
        if number >= last then break end
        if number >= first then
            local signature, body = line:match("^([^\t{]+)\t(.*)$")
            headers["Content-Signature"] = signature
            bodies[#bodies + 1] = wrk.format("POST", nil, headers, body or line)
        end
        number = number + 1
    end
end

function request()
    position = position + 1
    if position >= #bodies then wrk.thread:stop() end  -- wrk itself still waits until its time is over
    return bodies[math.min(position, #bodies)]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '{"acknowledged": %d, "seconds": %.6f, "refused": %d, "unanswered": %d, "p50": %d, "p99": %d, "p999": %d}\n',
        summary.requests - errors.status, summary.duration / 1e6, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout,
        latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
