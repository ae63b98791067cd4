import Payments
import Testing

/// The table of evidence, cell by cell: what was applied (row) against what arrives (column).
///
/// `a` applied, `u` unchanged, `l` late, `h` held, `q` unrecognised; `!` requests an immediate poll.
@Suite struct EvidenceMatrixTests {
    struct Matrix: Sendable, CustomTestStringConvertible {
        let name: String
        /// The time of what arrives, in milliseconds after what was applied; `nil` for none.
        let offset: Int64?
        let origin: Origin
        let cells: String

        var testDescription: String { name }
    }

    static let order: [State] = [
        .pending, .authorized, .succeeded, .failed, .cancelled, .expired, .partiallyRefunded, .refunded, .chargedBack,
        .unknown,
    ]

    static let newer = """
        u  a  a  a  a  a  a  a  a  q
        a  u  a  a  a  a  a  a  a  q
        h! h! u  h! a  h! a  a  a  q!
        h! a  a  u  h! h! a  a  a  q!
        h! a  a  h! u  h! a  a  a  q!
        h! a  a  h! h! u  a  a  a  q!
        h! h! h! h! a  h! u  a  a  q!
        h! h! h! h! h! h! h! u  a  q!
        h! h! h! h! h! h! h! h! u  q!
        a  a  a  a  a  a  a  a  a  u
        """

    static let level = """
        u  a  a  a  a  a  a  a  a  q
        a  u  a  a  a  a  a  a  a  q
        l  l  u  h! a! h! a! a! a! q!
        l! l! a! u  h! h! a! a! a! q!
        l  l  a! h! u  h! a! a! a! q!
        l! l! a! h! h! u  a! a! a! q!
        l  l  h! h! a! h! u  a! a! q!
        l  l  h! h! h! h! h! u  a! q!
        l  l  h! h! h! h! h! h! u  q!
        a  a  a  a  a  a  a  a  a  u
        """

    static let timeless = """
        u  a  a  a  a  a  a  a  a  q
        a  u  a  a  a  a  a  a  a  q
        l! l! u  h! a! h! a! a! a! q!
        l! l! a! u  h! h! a! a! a! q!
        l! l! a! h! u  h! a! a! a! q!
        l! l! a! h! h! u  a! a! a! q!
        l! l! h! h! a! h! u  a! a! q!
        l! l! h! h! h! h! h! u  a! q!
        l! l! h! h! h! h! h! h! u  q!
        a  a  a  a  a  a  a  a  a  u
        """

    static let older = """
        u  l  l! l! l! l! l! l! l! q
        l  u  l! l! l! l! l! l! l! q
        l  l  u  l  l  l  l! l! l! q!
        l  l  l! u  l  l  l! l! l! q!
        l  l  l! l  u  l  l! l! l! q!
        l  l  l! l  l  u  l! l! l! q!
        l  l  l  l  l  l  u  l  l  q!
        l  l  l  l  l  l  l  u  l  q!
        l  l  l  l  l  l  l  l  u  q!
        l  l  l! l! l! l! l! l! l! u
        """

    static let answer = """
        u  a  a  a  a  a  a  a  a  q
        a  u  a  a  a  a  a  a  a  q
        a  a  u  a  a  a  a  a  a  q
        a  a  a  u  a  a  a  a  a  q
        a  a  a  a  u  a  a  a  a  q
        a  a  a  a  a  u  a  a  a  q
        a  a  a  a  a  a  u  a  a  q
        a  a  a  a  a  a  a  u  a  q
        a  a  a  a  a  a  a  a  u  q
        a  a  a  a  a  a  a  a  a  u
        """

    static let overtakenAnswer = """
        u  l! l! l! l! l! l! l! l! q
        l! u  l! l! l! l! l! l! l! q
        l! l! u  l! l! l! l! l! l! q
        l! l! l! u  l! l! l! l! l! q
        l! l! l! l! u  l! l! l! l! q
        l! l! l! l! l! u  l! l! l! q
        l! l! l! l! l! l! u  l! l! q
        l! l! l! l! l! l! l! u  l! q
        l! l! l! l! l! l! l! l! u  q
        l! l! l! l! l! l! l! l! l! u
        """

    static let matrices = [
        Matrix(name: "a newer callback", offset: 1001, origin: .callback, cells: newer),
        Matrix(name: "a level callback, a second later", offset: 1000, origin: .callback, cells: level),
        Matrix(name: "a level callback, a second earlier", offset: -1000, origin: .callback, cells: level),
        Matrix(name: "a callback without a time", offset: nil, origin: .callback, cells: timeless),
        Matrix(name: "an older callback", offset: -1001, origin: .callback, cells: older),
        Matrix(name: "a newer answer", offset: 1001, origin: .answer(overtaken: false), cells: answer),
        Matrix(name: "an answer without a time", offset: nil, origin: .answer(overtaken: false), cells: answer),
        Matrix(name: "an older answer", offset: -1001, origin: .answer(overtaken: false), cells: answer),
        Matrix(name: "an overtaken answer", offset: 0, origin: .answer(overtaken: true), cells: overtakenAnswer),
        Matrix(
            name: "an older overtaken answer",
            offset: -1001,
            origin: .answer(overtaken: true),
            cells: overtakenAnswer.replacing("!", with: " ")
        ),
    ]

    @Test(arguments: matrices) func `every state against every state`(_ matrix: Matrix) {
        let rows = matrix.cells.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(rows.count == Self.order.count)
        for (known, row) in zip(Self.order, rows) {
            #expect(row.count == Self.order.count)
            for (said, cell) in zip(Self.order, row) {
                let tracked = TrackedStatus(
                    status: Status(word: "w-\(known)", state: known),
                    gatewayTime: Timestamp(milliseconds: 50_000)
                )
                let judgement = tracked.judge(
                    Evidence(
                        status: Status(word: "w-\(said)", state: said),
                        gatewayTime: matrix.offset.map { Timestamp(milliseconds: 50_000 + $0) },
                        origin: matrix.origin
                    )
                )
                #expect(letter(of: judgement) == cell, "\(said) over \(known)")
            }
        }
    }

    @Test(arguments: order) func `the first word of a line is applied, known or not`(_ state: State) {
        for origin in [Origin.callback, .answer(overtaken: false), .answer(overtaken: true)] {
            let judgement = TrackedStatus().judge(Evidence(status: Status(word: "w", state: state), origin: origin))
            #expect(judgement.effect == .applied && judgement.row == 1 && !judgement.pollsAtOnce)
            #expect(judgement.anomaly == (state == .unknown ? .unknownStatus : nil))
        }
    }

    @Test(arguments: order) func `a manual correction passes unless it is older`(_ known: State) {
        for said in Self.order where said != known && said != .unknown {
            let tracked = TrackedStatus(
                status: Status(word: "w-\(known)", state: known),
                gatewayTime: Timestamp(milliseconds: 50_000)
            )
            var evidence = Evidence(
                status: Status(word: "w-\(said)", state: said),
                gatewayTime: Timestamp(milliseconds: 60_000),
                origin: .callback,
                isManualCorrection: true
            )
            #expect(tracked.judge(evidence).effect == .applied && tracked.judge(evidence).anomaly == .manualCorrection)
            evidence.gatewayTime = Timestamp(milliseconds: 40_000)
            #expect(tracked.judge(evidence).effect == .late)
            evidence.origin = .answer(overtaken: false)
            #expect(tracked.judge(evidence).effect == .applied)
        }
    }

    @Test(arguments: order) func `an error of one request never moves a payment that has a status`(_ known: State) {
        let tracked = TrackedStatus(status: Status(word: "w-\(known)", state: known))
        var evidence = Evidence(status: Status(word: "error", state: .failed), origin: .callback, isRequestError: true)
        let judgement = tracked.judge(evidence)
        #expect(judgement.effect == .held && judgement.row == 6 && judgement.pollsAtOnce)
        evidence.origin = .answer(overtaken: false)
        #expect(tracked.judge(evidence).effect == .unrecognised)
        #expect(TrackedStatus().judge(evidence).effect == .applied)
        evidence.origin = .callback
        #expect(TrackedStatus().judge(evidence).pollsAtOnce)
    }

    @Test(arguments: order.filter { $0 != .unknown })
    func `another amount or another word of the same state is a step of its own`(_ state: State) {
        var tracked = TrackedStatus(
            status: Status(word: "w", state: state),
            amounts: Amounts(amount: 100, currency: "EUR", totals: refunded(10)),
            gatewayTime: Timestamp(milliseconds: 50_000)
        )
        var evidence = Evidence(
            status: Status(word: "w", state: state),
            amounts: Amounts(totals: refunded(20)),
            gatewayTime: Timestamp(milliseconds: 60_000),
            origin: .callback
        )
        #expect(tracked.judge(evidence).effect == .applied)
        evidence.amounts = Amounts()
        evidence.status = Status(word: "another", state: state)
        #expect(tracked.judge(evidence).effect == .applied)
        evidence.status = Status(word: "w", state: state)
        #expect(tracked.apply(evidence).effect == .unchanged)
        let kept = Amounts(amount: 100, currency: "EUR", totals: refunded(10))
        #expect(tracked.amounts == kept, "what is not said empties nothing")
        #expect(tracked.gatewayTime == Timestamp(milliseconds: 60_000))
    }

    @Test func `an unknown word over an unknown word is taken, and stays an alarm`() {
        var tracked = TrackedStatus(status: Status(word: "teleported", state: .unknown))
        let judgement = tracked.apply(Evidence(status: Status(word: "levitated", state: .unknown), origin: .callback))
        #expect(judgement.effect == .applied && judgement.anomaly == .unknownStatus)
        #expect(tracked.status.word == "levitated")
    }

    @Test func `only an answer that was not overtaken settles what is held`() {
        let success = Status(word: "success", state: .succeeded)
        var tracked = TrackedStatus(status: success, gatewayTime: Timestamp(milliseconds: 50_000), isHeld: true)
        _ = tracked.apply(Evidence(status: success, origin: .callback))
        #expect(tracked.isHeld)
        _ = tracked.apply(Evidence(status: success, origin: .answer(overtaken: true)))
        #expect(tracked.isHeld)
        _ = tracked.apply(
            Evidence(status: Status(word: "teleported", state: .unknown), origin: .answer(overtaken: false))
        )
        #expect(tracked.isHeld, "an answer that is not understood settles nothing")
        _ = tracked.apply(Evidence(status: success, origin: .answer(overtaken: false)))
        #expect(!tracked.isHeld)
    }

    @Test func `an answer's time replaces the stored one, a callback's only moves it on`() {
        var tracked = TrackedStatus(
            status: Status(word: "success", state: .succeeded),
            gatewayTime: Timestamp(milliseconds: 50_000)
        )
        _ = tracked.apply(
            Evidence(
                status: Status(word: "decline", state: .failed),
                gatewayTime: Timestamp(milliseconds: 20_000),
                origin: .answer(overtaken: false)
            )
        )
        #expect(tracked.gatewayTime == Timestamp(milliseconds: 20_000))
        _ = tracked.apply(
            Evidence(
                status: Status(word: "success", state: .succeeded),
                gatewayTime: Timestamp(milliseconds: 19_500),
                origin: .callback
            )
        )
        #expect(tracked.status.state == .succeeded)
        #expect(tracked.gatewayTime == Timestamp(milliseconds: 20_000))
    }

    static let paid: [State] = [.succeeded, .partiallyRefunded, .refunded, .chargedBack]

    @Test(arguments: order, [Origin.callback, .answer(overtaken: false)])
    func `a word beside a refund under way leaves a paid state as it is`(_ state: State, _ origin: Origin) {
        let tracked = TrackedStatus(
            status: Status(word: "w", state: state),
            gatewayTime: Timestamp(milliseconds: 50_000)
        )
        let evidence = Evidence(
            status: Status(word: "processing", state: .pending),
            gatewayTime: Timestamp(milliseconds: 60_000),
            origin: origin,
            isOfOperation: true
        )
        let judgement = tracked.judge(evidence)
        #expect((judgement.effect == .unchanged && judgement.row == 6) == Self.paid.contains(state))
    }

    private func refunded(_ amount: Int64) -> Totals {
        Totals(held: 0, captured: 100, refunded: amount, chargedBack: 0, paidOut: 0)
    }

    private func letter(of judgement: Judgement) -> String {
        let letter =
            switch judgement.effect {
            case .applied: "a"
            case .unchanged: "u"
            case .late: "l"
            case .held: "h"
            case .unrecognised: "q"
            case .undecodable: "x"
            }
        return letter + (judgement.pollsAtOnce ? "!" : "")
    }
}
