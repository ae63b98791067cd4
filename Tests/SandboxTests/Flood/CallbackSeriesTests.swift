import Gateways
import Payments
import Sandbox
import Testing

/// The flood's callbacks pass ecommpay's own check.
@Suite struct CallbackSeriesTests {
    private let now = Timestamp(milliseconds: 1_795_341_601_250)
    private let secret = Secret(name: "flood", bytes: Array("a-secret-of-the-tests".utf8))

    private func reports(_ numbers: Range<Int>, at time: Timestamp) throws -> [Report] {
        let gateway = try Ecommpay(["project_id": .integer(240), "secrets": .secrets([secret])])
        let series = CallbackSeries(projectID: 240, secret: secret, at: time)
        return try numbers.map { number in
            let authentic = try gateway.authenticate(Callback(body: try series.body(number)))
            #expect(authentic.verdict == .valid)
            return try gateway.decode(authentic)
        }
    }

    @Test func `each is proved, and in turn a success, a decline and one at work`() throws {
        let reports = try reports(0..<3, at: now)
        #expect(reports.map { $0.payment?.status?.word } == ["success", "decline", "processing"])
        #expect(reports.map { $0.payment?.status?.state } == [.succeeded, .failed, .pending])
        #expect(reports.allSatisfy { $0.payment?.gatewayTime == Timestamp(milliseconds: 1_795_341_601_000) })
        #expect(reports.flatMap { $0.operations.map(\.amount) } == [1000, 1001, 1002])
    }

    @Test func `no payment and no operation occurs twice, nor in the series of another moment`() throws {
        let later = Timestamp(milliseconds: now.milliseconds + 1)
        let reports = try reports(0..<300, at: now) + reports(0..<300, at: later)
        #expect(Set(reports.compactMap { $0.payment?.id }).count == 600)
        #expect(Set(reports[..<300].flatMap { $0.operations.map(\.id) }).count == 300)
    }

    @Test func `a number always yields the same bytes`() throws {
        let series = CallbackSeries(projectID: 240, secret: secret, at: now)
        #expect(try series.body(7) == CallbackSeries(projectID: 240, secret: secret, at: now).body(7))
        #expect(try series.body(7) != series.body(8))
    }
}
