import OutboundHTTP
import Payments
import Testing

@Suite struct RetryAfterTests {
    /// 1994-11-06T08:49:07Z: half a minute before the date in the examples of RFC 9110.
    private let now = Timestamp(milliseconds: 784_111_747_000)

    @Test(arguments: [
        ("0", 0), ("1", 1), ("0060", 60), ("3600", 3600), ("3601", 3600), ("99999999999999999999999", 3600),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 30), ("Sunday, 06-Nov-94 08:49:37 GMT", 30), ("Sun Nov  6 08:49:37 1994", 30),
        ("Sun, 06 Nov 1994 08:49:07 GMT", 0), ("Sun, 06 Nov 1994 08:49:06 GMT", 0), ("Sat Nov 16 08:49:37 1991", 0),
        ("Tue, 29 Feb 2028 12:00:00 GMT", 3600), ("Sunday, 06-Nov-44 08:49:37 GMT", 0),
        ("Sunday, 06-Nov-40 08:49:37 GMT", 3600), ("Sun, 06 Nov 1994 09:49:06 GMT", 3599),
    ])
    func `seconds or a date, never negative, and an hour at most`(text: String, seconds: Int) {
        #expect(Duration(retryAfter: text, at: now) == .seconds(seconds))
    }

    @Test(arguments: [
        "", " ", "-1", "+1", "1.5", "1e3", "0x10", "5 s", "٣", "soon", "Sun, 06 Nov 1994", "08:49:37", "GMT",
        "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nob 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov ١٩٩٤ 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ", "1994-11-06T08:49:37Z",
    ])
    func `anything else says nothing`(text: String) {
        #expect(Duration(retryAfter: text, at: now) == nil)
    }
}
