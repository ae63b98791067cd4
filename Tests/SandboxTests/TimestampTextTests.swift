import Payments
import Sandbox
import Testing

@Suite struct TimestampTextTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00"), (951_782_400_000, "2000-02-29T00:00:00"), (951_868_800_000, "2000-03-01T00:00:00"),
        (1_709_251_199_000, "2024-02-29T23:59:59"), (1_795_341_601_000, "2026-11-22T10:00:01"),
        (4_107_542_399_000, "2100-02-28T23:59:59"), (4_107_542_400_000, "2100-03-01T00:00:00"),
        (-1000, "1969-12-31T23:59:59"),
    ])
    func `times are written as each gateway writes them`(_ milliseconds: Int64, _ text: String) {
        #expect(Timestamp(milliseconds: milliseconds + 7).ecommpayText == "\(text)+0000")
        #expect(Timestamp(milliseconds: milliseconds + 7).ecomchargeText == "\(text).007Z")
    }
}
