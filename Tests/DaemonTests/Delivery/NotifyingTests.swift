import DaemonTestSupport
import Delivery
import Foundation
import Gateways
import TestSupport
import Testing

/// The whole daemon with a scripted target: what it is notified of.
@Suite(.timeLimit(.minutes(2))) struct NotifyingTests {
    /// The members of the events that the target has read.
    private func events(_ bench: DeliveryBench) throws -> [[String: Any]] {
        try bench.target.bodies.map { body in
            try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
        }
    }

    @Test func `transitions are told of in their order, signed`() async throws {
        try await ScriptedGateway.play([.answer(204)]) { target in
            try await DeliveryBench.notifying(target) { bench in
                try await bench.post(try SignedCallback.ecommpay("EP-1", "processing"))
                try await bench.post(try SignedCallback.ecommpay("EP-1"))
                try await bench.post(try SignedCallback.ecommpay("EP-2"))
                try await bench.requests(3)
                let events = try events(bench)
                let types = ["payment.pending", "payment.succeeded", "payment.succeeded"]
                #expect(events.map { $0["type"] as? String } == types)
                #expect(events.map { $0["payment_id"] as? String } == ["EP-1", "EP-1", "EP-2"])
                #expect(bench.bodies.allSatisfy { $0.contains(#""paid":true,"#) || $0.contains(#""paid":false,"#) })
                let numbers = events.compactMap { $0["seq"] as? Int }
                #expect(numbers == numbers.sorted() && Set(numbers).count == 3)
                try expectSignatures(bench)
            }
        }
    }

    private func expectSignatures(_ bench: DeliveryBench) throws {
        let ids = try bench.values("webhook-id").map { try #require($0) }
        let times = try bench.values("webhook-timestamp").map { try #require($0.flatMap { Int64($0) }) }
        let signatures: [String?] = zip(bench.target.bodies, zip(ids, times)).map { body, head in
            StandardWebhook.signature(
                of: body,
                id: head.0,
                seconds: head.1,
                secret: Secret(name: "app", bytes: DeliveryBench.key)
            )
        }
        #expect(bench.values("webhook-signature") == signatures)
        #expect(Set(ids).count == ids.count)
    }

    @Test func `an event that is refused is told again under its id, and the next ones wait`() async throws {
        try await ScriptedGateway.play([.answer(500), .answer(200)]) { target in
            try await DeliveryBench.notifying(target) { bench in
                try await bench.post(try SignedCallback.ecommpay("EP-1"))
                try await bench.requests(1)
                try await bench.post(try SignedCallback.ecommpay("EP-2"))
                try await bench.requests(3)
                #expect(try events(bench).map { $0["payment_id"] as? String } == ["EP-1", "EP-1", "EP-2"])
                let ids = bench.values("webhook-id")
                #expect(ids[0] == ids[1] && ids[1] != ids[2])
            }
        }
    }

    @Test func `an event that was not taken before a restart comes again under its id`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try await ScriptedGateway.play([.answer(500), .answer(200)]) { target in
            try await DeliveryBench.notifying(in: folder, target) { bench in
                try await bench.post(try SignedCallback.ecommpay("EP-1"))
                try await bench.requests(1)
            }
            try await DeliveryBench.notifying(in: folder, target) { bench in
                try await bench.requests(2)
                let ids = bench.values("webhook-id")
                #expect(ids[0] != nil && ids[0] == ids[1])
            }
        }
    }
}
