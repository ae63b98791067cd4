import ConfigurationFile
import Daemon
import DaemonTestSupport
import Foundation
import Gateways
import Ledger
import Payments
import Sandbox
import Telemetry
import TestSupport
import Testing

/// `POST /v1/reverify` of the real daemon: rejected with the wrong keys, judged again by a daemon with the right ones.
@Suite struct ReverificationTests {
    @Test func `what the corrected keys prove is recorded in its order, and the rest stays refused`() async throws {
        let place = try Place()
        defer { place.remove() }
        try await RunningDaemon.run(place.configure(isCorrected: false)) { daemon in
            let pending = try SignedCallback.ecommpay("EP-1", "processing")
            let paid = try SignedCallback.ecommpay("EP-1")
            for body in [pending, paid, paid, pending.replacing("EP-1", with: "EP-2")] {
                #expect(try await RawConnection.ask(daemon.port, request(body: body)).statuses == ["403"])
            }
            let basic = request("POST", "/callbacks/ecb", body: #"{"transaction":{"uid":"1-a","status":"failed"}}"#)
            #expect(try await RawConnection.ask(daemon.port, basic).statuses == ["401"])
            #expect(try await RawConnection.ask(daemon.port, Self.shopCallback).statuses == ["403"])
            // Rejected requests are written after the responses.
            let reader = try LedgerReader(at: .file(path: daemon.database))
            let areWritten = try await eventually { try reader.lastRejection() >= 6 }
            #expect(areWritten)
            #expect(try await Self.reverify(daemon).accounts.map(\.refused) == [4, 0, 1])
        }
        let later = { @Sendable in Timestamp(milliseconds: 1_800_000_060_000) }
        try await RunningDaemon.run(place.configure(isCorrected: true), now: later) { daemon in
            let (ecp, ecb, ecs) = try await Self.accounts(daemon)
            #expect((ecp.judged, ecp.proved, ecp.duplicates, ecp.refused) == (4, 2, 1, 1))
            #expect((ecb.judged, ecb.unjudgeable) == (1, 1))
            #expect((ecs.judged, ecs.proved) == (1, 1))
            let callbacks = try daemon.callbacks("EP-1")
            #expect(callbacks.map { $0.text("status") } == ["processing", "success"])
            #expect(callbacks.map { $0.text("deliveries") } == ["1", "2"])
            #expect(callbacks.map { $0.text("effect") } == ["applied", "applied"])
            #expect(callbacks.allSatisfy { $0.text("received_at") == "2027-01-15T08:00:00.000Z" })
            #expect(callbacks.allSatisfy { $0.text("reverified_at") == "2027-01-15T08:01:00.000Z" })
            #expect(try daemon.payments().map { $0.text("state") } == ["succeeded", "succeeded"])

            // Repeating it is harmless; a new callback is not «reverified».
            #expect(try await Self.accounts(daemon).ecp.refused == 1)
            #expect(try await Self.reverify(daemon, #"{"account":"ecs"}"#).accounts.map(\.judged) == [0])
            let next = request(body: try SignedCallback.ecommpay("EP-3"))
            #expect(try await RawConnection.ask(daemon.port, next).statuses == ["200"])
            #expect(try daemon.callbacks("EP-3").map { $0["reverified_at"] } == [.null])
            #expect(try Rebuild(of: daemon.database) { $0.read() }.check().areNone)
        }
    }

    @Test func `a flood from one address does not keep the corrected key from proving what came from another`()
        async throws
    {
        let place = try Place()
        defer { place.remove() }
        let configure = try place.configure(isCorrected: false)
        try await RunningDaemon.run(
            {
                configure(&$0)
                $0.trustedProxies = RunningDaemon.trusting("127.0.0.0/8")
            },
            now: Timestamp.now
        ) { daemon in
            for round in 0..<100 {
                let genuine = request(
                    "POST",
                    "/callbacks/ecp",
                    ["X-Forwarded-For: 192.0.2.9"],
                    body: try SignedCallback.ecommpay("EP-\(round)")
                )
                let flood = (0..<20).map {
                    request(
                        "POST",
                        "/callbacks/ecp",
                        ["X-Forwarded-For: 203.0.113.7"],
                        body: #"{"flood":"\#(round)-\#($0)"}"#
                    )
                }
                try await RawConnection.open(to: daemon.port) { connection in
                    try await connection.send((flood + [genuine]).joined())
                    #expect(Set(try await connection.responses(21)) == ["403"])
                }
            }
        }
        try await RunningDaemon.run(place.configure(isCorrected: true)) { daemon in
            let answer = try await Self.reverify(daemon, #"{"account":"ecp"}"#).accounts
            #expect(answer.map(\.proved) == [100])
            #expect(try daemon.payments().count == 100)
        }
    }

    @Test func `what is refused is told why`() async throws {
        try await RunningDaemon.run { daemon in
            for (status, body, advice) in [
                ("404", #"{"account":"nobody"}"#, "ecp, ecb"), ("400", #"{"acount":"ecp"}"#, "use account"),
                ("400", #"{"account":5}"#, "must be a text"), ("400", "[]", "must be a JSON object"),
                ("200", "{}", "accounts"), ("200", #"{"account":null}"#, "accounts"), ("200", "", "accounts"),
            ] {
                let answer = try await Self.ask(daemon, body)
                #expect(answer.status == status, "\(body)")
                #expect(answer.body.contains(advice), "\(answer.body)")
            }
            #expect(try await Self.ask(daemon, "{}", "text/plain").status == "415")
            let answer = try await RawConnection.ask(daemon.adminPort, request("GET", "/v1/reverify"))
            #expect(answer.statuses == ["405"])
        }
    }

    private static func accounts(_ daemon: RunningDaemon) async throws -> (
        ecp: ReverificationAnswer.Account, ecb: ReverificationAnswer.Account, ecs: ReverificationAnswer.Account
    ) {
        let accounts = try await reverify(daemon).accounts
        #expect(accounts.map(\.account) == ["ecp", "ecb", "ecs"])
        return (accounts[0], accounts[1], accounts[2])
    }

    private static func reverify(_ daemon: RunningDaemon, _ body: String = "{}") async throws -> ReverificationAnswer {
        let answer = try await ask(daemon, body)
        #expect(answer.status == "200", "\(answer.body)")
        return try JSONDecoder().decode(ReverificationAnswer.self, from: Data(answer.body.utf8))
    }

    private static func ask(
        _ daemon: RunningDaemon,
        _ body: String,
        _ type: String = "application/json"
    ) async throws -> (status: String, body: String) {
        let answer = try await RawConnection.ask(
            daemon.adminPort,
            request("POST", "/v1/reverify", ["Content-Type: \(type)"], body: body)
        )
        return (answer.statuses.first ?? "", answer.text.split(separator: "\r\n\r\n").last.map(String.init) ?? "")
    }

    /// A callback signed with the sandbox's private key.
    private static let shopCallback = request(
        "POST",
        "/callbacks/ecs",
        ["Content-Signature: \(signature)"],
        body: #"{"transaction":{"uid":"1-shop","type":"payment","status":"successful","shop_id":1673}}"#
    )
    private static let signature = """
        bHgyJewE12NBo6xuU32o8xdGsE65eXzW+Ou+/RpUCEqQ9Zl3ajxun4pn2jSCQw5y1IzAmNaS/5GsDmE+7/2PxKfOTbQtffe3snbr\
        5+eQuwfp8ALShvs0HE1LI0QLdDBrWv9fxsLjzgiZaFdYhJcUhDEdNp28qin5iSWfKMcTr6Sr3DMIZT8RpSWKUG3oTnAkV6fxisJ7\
        6H832tVY4Z9X6o6kkd/B3a6qSGnCxxZTF/enkWG56OzsigYSOgcbpZwdkDw+pvuEc4DcnGrhlZJSdm5ZxELV8fDv4QFIA7dLq18s\
        14DwEnfqUpZ6IwLv8qvpCbxlqsyed3qK2gIDe/KFew==
        """
}

/// A database that outlives the daemons, and accounts whose keys are wrong at first.
private struct Place {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    func remove() { folder.remove() }

    func configure(isCorrected: Bool) throws -> (inout Configuration) -> Void {
        let key = isCorrected ? SignedCallback.secret : "mistyped"
        let secret = SettingValue.secrets([Secret(name: "test", bytes: Array(key.utf8))])
        let publicKey = SettingValue.secrets([Secret(name: "shop", bytes: Array(SandboxKeys.publicKey.utf8))])
        let accounts = [
            Account(name: "ecp", gateway: try Ecommpay(["project_id": .integer(240), "secrets": secret])),
            Account(
                name: "ecb",
                gateway: try EComCharge(["shop_id": .integer(1673), "secret": secret, "authentication": .word("basic")])
            ),
            Account(
                name: "ecs",
                gateway: try EComCharge([
                    "shop_id": .integer(isCorrected ? SandboxKeys.shopID : 1), "secret": secret,
                    "public_key": publicKey,
                ])
            ),
        ]
        let database = folder.database
        return {
            $0.accounts = accounts
            $0.database = .file(database)
        }
    }
}
