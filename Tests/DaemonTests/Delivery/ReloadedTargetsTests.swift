import DaemonTestSupport
import TestSupport
import Testing

/// SIGHUP, as far as it concerns deliveries.
@Suite(.timeLimit(.minutes(2))) struct ReloadedTargetsTests {
    private static func text(_ target: ScriptedGateway?) -> String {
        let forward = target.map { ", forward: [{to: '\($0.url)/?key=1', name: shop}]" } ?? ""
        return """
            reconcile: {first_after: 1h}
            accounts:
              ecp: {gateway: ecommpay, project_id: 240, secrets: [{file: ecp.key}]\(forward)}

            """
    }

    private func run(
        _ acts: [ScriptedGateway.Act],
        story: @escaping @Sendable (ReloadBench, ScriptedGateway) async throws -> Void
    ) async throws {
        try await ScriptedGateway.play(acts) { target in
            try await ReloadBench.run(Self.text(target), secrets: ["ecp.key": "first"]) {
                try await story($0, target)
            }
        }
    }

    private func body(_ payment: String) throws -> String { try SignedCallback.ecommpay(payment, secret: "first") }

    @Test func `a target that is gone gets nothing, and one that is back gets what comes`() async throws {
        try await run([.answer(200)]) { bench, target in
            #expect(try await bench.post(body("EP-1")) == "200")
            try await bench.daemon.wait("the first") { target.received.count == 1 }
            try await bench.reload(Self.text(nil))
            #expect(try await bench.post(body("EP-2")) == "200")
            try await bench.reload(Self.text(target))
            #expect(try await bench.post(body("EP-3")) == "200")
            try await bench.daemon.wait("the second") { target.received.count == 2 }
            #expect(target.received.last?.hasSuffix(try body("EP-3")) == true)
        }
    }

    @Test func `a target that is back gets what has waited for it`() async throws {
        try await run([.answer(500), .answer(200)]) { bench, target in
            #expect(try await bench.post(body("EP-1")) == "200")
            try await bench.daemon.wait("the refusal") { target.received.count == 1 }
            try await bench.reload(Self.text(nil))
            try await bench.reload(Self.text(target))
            try await bench.daemon.wait("the next attempt") { target.received.count == 2 }
            #expect(target.received.last?.contains("\r\nPaystate-Attempt: 2\r\n") == true)
        }
    }

    @Test func `what is under way when its target goes is recorded, and not sent again`() async throws {
        try await run([.answerLate(200, body: "", after: .milliseconds(500))]) { bench, target in
            #expect(try await bench.post(body("EP-1")) == "200")
            for await _ in target.requests { break }
            try await bench.reload(Self.text(nil))
            try await bench.reload(Self.text(target))
            #expect(try await bench.post(body("EP-2")) == "200")
            try await bench.daemon.wait("the second") { target.received.count == 2 }
            #expect(target.received.last?.hasSuffix(try body("EP-2")) == true)
        }
    }
}
