import ConfigurationFile
import Testing

struct QuantityTests {
    private func time(_ text: String) -> Duration? {
        try? Files.withSecret.load("limits: {request_time: '\(text)'}\n\(Files.account)").limits.requestTime
    }

    private func size(_ text: String) -> Int? {
        try? Files.withSecret.load("retention: {rejected_bytes: '\(text)'}\n\(Files.account)").retention.rejectedBytes
    }

    @Test(arguments: [
        ("500ms", 500), ("10s", 10_000), ("5m", 300_000), ("1h", 3_600_000), ("2d", 172_800_000),
        ("36500d", 3_153_600_000_000),
    ])
    func `a duration has a unit`(text: String, milliseconds: Int64) {
        #expect(time(text) == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        "10", "10 s", " 10s", "10s ", "1.5h", "1h30m", "-1s", "+1s", "s", "10S", "10M", "1w", "10sec", "36501d",
        "9223372036854775807d", "99999999999999999999s", "0s", "0x10s", "١s",
    ])
    func `anything else is no duration`(text: String) {
        #expect(time(text) == nil)
    }

    @Test(arguments: [("0B", 0), ("1000B", 1000), ("64KiB", 65_536), ("64MiB", 67_108_864), ("1GiB", 1_073_741_824)])
    func `a size has a unit`(text: String, bytes: Int) {
        #expect(size(text) == bytes)
    }

    @Test(arguments: [
        "1", "1KB", "1kb", "1kib", "1K", "1M", "1MB", "1 MiB", "-1KiB", "1.5MiB", "1025GiB", "9223372036854775807GiB",
    ])
    func `anything else is no size`(text: String) {
        #expect(size(text) == nil)
    }
}
