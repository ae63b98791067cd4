import Ledger
import Payments
import TestSupport
import Testing

/// The number that stands before a callback's digest in its index.
@Suite struct LocalityKeyTests {
    /// What is recorded is looked up by these numbers: none of them may ever change.
    @Test(
        arguments: [
            (
                #"{"payment":{"id":"EP-1","date":"2026-11-22T10:00:01+0000"},"operation":{"id":5000000000000001}}"#,
                1_926_177_248_107_331_585
            ),
            (#"{"operation":{"id":5000000000000002},"at":"2026-11-22T10:00:01+0000"}"#, 1_926_177_248_107_331_586),
            (#"{"at":"2026-11-22T10:00:02+0000"}"#, 1_926_177_248_243_613_696),
            (#"{"at":"2026-11-22T10:00:01Z","until":"2026-11-22T10:30:01Z"}"#, 1_926_179_308_754_173_952),
            ("9999999999", 336_323_583),
            ("2026-13-99T99:99:99", 1_932_482_089_509_191_680),
            (#"{"uid":"5a1234567890123456-0","amount":1000}"#, 0),
            ("T", 0),
            ("", 0),
        ] as [(String, Int64)]
    )
    func `the same bytes have the same key for ever`(body: String, key: Int64) {
        #expect(LocalityKey.of(Array(body.utf8)) == key)
    }

    @Test func `what has a key in common is told apart by its digest, and known again when its body is emptied`()
        async throws
    {
        let bench = try LedgerBench()
        let bodies = (0..<3).map { #"{"number":\#($0),"id":5000000000000001,"at":"2026-11-22T10:00:01Z"}"# }
        for body in bodies {
            #expect(try await bench.record(.stated("success", .succeeded), body).isDuplicate == false)
        }
        try bench.tamper("UPDATE callback SET body = NULL")
        for body in bodies { #expect(try await bench.record(.stated("success", .succeeded), body).isDuplicate) }
        #expect(try bench.rows("SELECT count(*), sum(deliveries) FROM callbacks") == ["3 6"])
    }
}
