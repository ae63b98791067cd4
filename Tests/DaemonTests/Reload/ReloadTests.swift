import Daemon
import DaemonTestSupport
import Foundation
import Ledger
import TestSupport
import Testing

/// SIGHUP, as far as it concerns senders of callbacks and readers of the log.
@Suite struct ReloadTests {
    private static let ecp = "accounts:\n  ecp: {gateway: ecommpay, project_id: 240, secrets: [{file: ecp.key}]}\n"
    private static let secrets = ["ecp.key": "the-first-secret", "other.key": "the-other-secret"]

    private func callback(_ payment: String, _ secret: String, project: Int = 240) throws -> String {
        try SignedCallback.ecommpay(payment, project: project, secret: secret)
    }

    @Test func `accounts come and go, and what is recorded of them stays`() async throws {
        try await ReloadBench.run(Self.ecp, secrets: Self.secrets) { bench in
            let other = try callback("EP-2", "the-other-secret", project: 241)
            #expect(try await bench.post(callback("EP-1", "the-first-secret")) == "200")
            #expect(try await bench.post(other, to: "other") == "404")
            let both = Self.ecp + "  other: {gateway: ecommpay, project_id: 241, secrets: [{file: other.key}]}\n"
            let ready = try await bench.reload(both)
            #expect(ready.contains("; 2 accounts"))
            #expect(try bench.lines("reloaded") == ["notice configuration reloaded accounts.added=other"])
            #expect(try await bench.post(other, to: "other") == "200")
            try await bench.reload(both.replacing("  ecp: ", with: "  new: "))
            #expect(try bench.lines("accounts.removed=ecp").count == 1)
            #expect(try await bench.post(callback("EP-1", "the-first-secret")) == "404")
            let watched = request("POST", "/v1/watch", body: #"{"account":"ecp","payment_id":"EP-9"}"#)
            #expect(try await RawConnection.ask(bench.daemon.adminPort, watched).statuses == ["404"])
            let new = watched.replacing("ecp", with: "new")
            #expect(try await RawConnection.ask(bench.daemon.adminPort, new).statuses == ["200"])
            #expect(try bench.daemon.payments().map { $0.text("account") }.sorted() == ["ecp", "new", "other"])
        }
    }

    @Test func `a secret is rotated in its file, and never shown`() async throws {
        try await ReloadBench.run(Self.ecp, secrets: Self.secrets) { bench in
            #expect(try await bench.post(callback("EP-1", "the-next-secret")) == "403")
            try await bench.reload(Self.ecp, secrets: ["ecp.key": "the-next-secret\n"])
            #expect(try bench.lines("reloaded") == ["notice configuration reloaded accounts.changed=\"ecp (secrets)\""])
            #expect(try await bench.post(callback("EP-2", "the-first-secret")) == "403")
            #expect(try await bench.post(callback("EP-1", "the-next-secret")) == "200")
            #expect(try bench.lines("-secret") == [])
        }
    }

    @Test func `targets come and go, and nothing secret of them is shown`() async throws {
        let key = "whsec_eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4"
        try await ReloadBench.run(Self.ecp, secrets: Self.secrets) { bench in
            let forward = "}], forward: [{to: 'http://127.0.0.1:1/?key=hunter2', name: shop}]}"
            let notify = "notify: [{to: 'http://127.0.0.1:1/', name: app, secret: {file: app.key}}]\n"
            try await bench.reload(Self.ecp.replacing("}]}", with: forward) + notify, secrets: ["app.key": key])
            #expect(try bench.lines("accounts.changed=\"ecp (forward)\"").count == 1)
            #expect(try bench.lines("changed=notify").count == 1)
            try await bench.reload(
                Self.ecp.replacing("}]}", with: forward) + notify,
                secrets: ["app.key": key.replacing("eHh4", with: "eXl5")]
            )
            #expect(try bench.lines("accounts.changed").count == 1)
            #expect(try bench.lines("changed=notify").count == 2)
            try await bench.reload(Self.ecp)
            #expect(try bench.lines("accounts.changed=\"ecp (forward)\"").count == 2)
            #expect(try bench.lines("changed=notify").count == 3)
            #expect(try bench.lines("hunter2") + bench.lines("eHh4") + bench.lines("eXl5") == [])
        }
    }

    @Test func `a request that is under way keeps the terms that it began on`() async throws {
        try await ReloadBench.run(Self.ecp + "limits: {body: 1000B}\n", secrets: Self.secrets) { bench in
            let body = try callback("EP-1", "the-first-secret")
            let whole = request(body: body)
            try await RawConnection.open(to: bench.daemon.port) { connection in
                try await connection.send(headAskingToContinue(before: body))
                #expect(try await connection.responses(1) == ["100"])
                try await bench.reload(
                    Self.ecp.replacing("ecp:", with: "new:") + "limits: {body: 100B}\n",
                    secrets: ["ecp.key": "the-next-secret"]
                )
                try await connection.send(body)
                #expect(try await connection.responses(2) == ["100", "200"])
                try await connection.send(whole)
                #expect(try await connection.responses(3).last == "404", "the next one on the same connection")
            }
            let next = try await RawConnection.ask(bench.daemon.port, whole.replacing("/ecp", with: "/new"))
            #expect(next.statuses == ["413"])
            #expect(try bench.daemon.payments().map { $0.text("state") } == ["succeeded"])
        }
    }

    @Test func `of a bad file every problem is told, and nothing of it holds`() async throws {
        try await ReloadBench.run(Self.ecp, secrets: Self.secrets) { bench in
            let other = "  other: {gateway: ecommpay, project_id: x, secrets: [{file: gone.key}]}\n"
            let bad = Self.ecp + other + "limits: {body: 0B}\n"
            let ready = try await bench.reload(bad, secrets: ["ecp.key": "the-next-secret"])
            #expect(ready.contains("Z failed, the previous configuration stays in effect; Listening on"))
            let lines = try bench.lines("configuration not reloaded, the old one stays in effect")
            #expect(lines.count == 3 && lines.allSatisfy { $0.hasPrefix("error ") })
            for key in ["accounts.other.project_id", "accounts.other.secrets[0].file", "limits.body"] {
                #expect(lines.contains { $0.contains(key) }, "\(key)")
            }
            #expect(try await bench.post(callback("EP-1", "the-first-secret")) == "200")
            let mended = try await bench.reload(Self.ecp)
            #expect(!mended.contains("failed"))
            #expect(try await bench.post(callback("EP-2", "the-next-secret")) == "200")
        }
    }

    @Test func `what a reload cannot change is said, and all the rest holds`() async throws {
        try await ReloadBench.run(Self.ecp, secrets: Self.secrets) { bench in
            try await bench.reload(Self.ecp)
            #expect(try bench.lines("reloaded: nothing has changed").count == 1)
            try await bench.reload(Self.ecp + "limits: {body: 10B, queue: 1}\n")
            #expect(try bench.lines("changed=\"limits.body, limits.queue\"").count == 1)
            let elsewhere = try String(contentsOf: bench.folder.file("paystate.yaml"), encoding: .utf8)
                .replacing("listen: 127.0.0.1:0", with: "listen: 127.0.0.1:1")
                .replacing("body: 10B", with: "body: 1000B")
            try bench.folder.write(elsewhere, to: "paystate.yaml")
            for _ in 0..<2 { try await bench.reload() }
            #expect(try bench.lines("needs a restart").map { $0.hasSuffix("changed=listen") } == [true, true])
            #expect(try bench.lines("reloaded changed=limits.body").count == 1)
            #expect(try await bench.post(callback("EP-1", "the-first-secret")) == "200")
        }
    }

    @Test func `an account cannot move to another gateway under the name of its history`() async throws {
        try await ReloadBench.run(Self.ecp, secrets: Self.secrets) { bench in
            #expect(try await bench.post(callback("EP-1", "the-first-secret")) == "200")
            let moved = "accounts:\n  ecp: {gateway: ecomcharge, shop_id: 1, secret: {file: other.key}}\n"
            let added = "  new: {gateway: ecomcharge, shop_id: 1, secret: {file: other.key}}\n"
            let ready = try await bench.reload(moved + added)
            #expect(ready.contains("failed"))
            #expect(try bench.lines("account ecp has a history at the gateway ecommpay").count == 1)
            #expect(try await bench.post("{}", to: "new") == "404", "all or nothing")
            #expect(try await bench.post(callback("EP-2", "the-first-secret")) == "200")
        }
    }

    @Test func `those who ask while a reload is under way share the next one`() async throws {
        try await ReloadBench.run(Self.ecp, secrets: Self.secrets) { bench in
            let count = try await bench.storm(1000)
            #expect(count > 0 && count < 20)
            try await bench.reload(Self.ecp + "limits: {body: 100B}\n")
            #expect(try bench.lines("changed=limits.body").count == 1, "who asks later is heard")
        }
    }

    @Test func `reload after reload leaves nothing open`() async throws {
        try await ReloadBench.run(Self.ecp, secrets: Self.secrets) { bench in
            func descriptors() throws -> Int {
                try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
            }
            let before = try descriptors()
            for number in 0..<100 { try await bench.reload(Self.ecp, secrets: ["ecp.key": "secret-\(number)"]) }
            // Other tests in the same process open and close theirs: what leaks stays.
            #expect(try await eventually(within: .seconds(60)) { try descriptors() < before + 100 })
            #expect(try await bench.post(callback("EP-1", "secret-99")) == "200")
        }
    }
}
