import Delivery
import Testing

@Suite struct NotifyLooksTests {
    private let start = ContinuousClock.now
    private var looks = NotifyLooks(at: .now)

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    private func next(_ looks: NotifyLooks, hasNews: Bool) -> Duration {
        return start.duration(to: looks.nextStart(hasNews: hasNews, pauseBetweenLooks: .milliseconds(5), at: start))
    }

    @Test mutating func `an idle target is looked at for news at once`() {
        looks.found(nothingFor: .seconds(5), atLeast: .zero, at: start)
        #expect(next(looks, hasNews: false) == .seconds(5))
        #expect(next(looks, hasNews: true) == .milliseconds(5))
    }

    @Test mutating func `news do not bring an event forward that has to wait`() {
        looks.found(nothingFor: .seconds(60), atLeast: .seconds(2), at: start)
        #expect(next(looks, hasNews: false) == .seconds(60))
        #expect(next(looks, hasNews: true) == .seconds(2))
        looks.found(nothingFor: .seconds(1), atLeast: .seconds(2), at: start)
        #expect(next(looks, hasNews: true) == .seconds(1))
    }

    @Test mutating func `that nothing was of interest is written now and then, not for each look`() {
        let looked: [(seconds: Double, seq: Int64, passes: Bool)] = [
            (0, 10, true), (0.1, 10, false), (0.2, 500, false), (4.9, 1009, false), (4.9, 1010, true),
            (5, 1011, false), (9.9, 1012, true), (9.9, 1012, false), (10, 5, true),
        ]
        for look in looked {
            let passes = looks.mayPass(to: look.seq, at: at(look.seconds))
            #expect(passes == look.passes, "\(look)")
        }
        looks.delivered(upTo: 20)
        let passes = looks.mayPass(to: 20, at: at(60))
        #expect(!passes, "the cursor is there")
    }
}
