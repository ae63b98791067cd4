import Delivery
import Testing

@Suite struct DeliveryPaceTests {
    @Test(arguments: [1, 2, 4, 64])
    func `the longer callbacks wait to be recorded, the slower deliveries go, but they go`(most: Int) {
        #expect(DeliveryPace.concurrency(of: most, unanswered: 0) == most)
        let paces = (0..<200).map { DeliveryPace.concurrency(of: most, unanswered: $0) }
        #expect(paces == paces.sorted(by: >))
        #expect(paces.last == 1)
        let rests = (0..<200).map { DeliveryPace.rest(unanswered: $0) }
        #expect(rests == rests.sorted())
        #expect(rests.first == .zero && rests.last.map { $0 > .zero } == true)
    }
}
