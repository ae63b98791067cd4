import Foundation
import Gateways
import LosslessJSON
import Payments
import Sandbox
import TestSupport

/// A merchant with the product's own gateways and rules, but without a database.
struct Merchant {
    struct Name: Hashable {
        let account: String
        let id: String
    }

    private(set) var payments: [Name: Payment] = [:]
    private(set) var checkouts: [Name: Checkout] = [:]
    private(set) var subscriptions: [Name: Subscription] = [:]
    /// The payments that subscriptions mentioned, by name alone.
    private var renewals: Set<Name> = []
    /// Callbacks that were authentic, but could not be decoded.
    private(set) var undecoded = 0
    private let accounts: [SandboxAccount]
    private let checksSignatures: Bool
    private let gateways: [String: any Gateway]

    static let credentials = "Basic " + Data("\(SandboxKeys.shopID):\(SandboxKeys.secret)".utf8).base64EncodedString()

    private static let schedule: PollSchedule = {
        var schedule = PollSchedule.everyMinute
        schedule.secondLook = .zero
        return schedule
    }()

    /// - Parameter checksSignatures: whether eComCharge's callbacks must have a signature besides the password;
    ///   checking it is slow in a debug build.
    init(_ accounts: [SandboxAccount], checksSignatures: Bool) throws {
        self.checksSignatures = checksSignatures
        self.accounts = accounts
        let secret = Secret(name: "test", bytes: Array(SandboxKeys.secret.utf8))
        let key = Secret(name: "test", bytes: Array(SandboxKeys.publicKey.utf8))
        var gateways: [String: any Gateway] = [:]
        for account in accounts {
            switch account.keys {
            case .ecommpay:
                gateways[account.name] = try Ecommpay([
                    "project_id": .integer(SandboxKeys.projectID), "secrets": .secrets([secret]),
                    "api_url": .url("http://sandbox"), "ambiguous": .word("accept"),
                ])
            case .ecomcharge:
                gateways[account.name] = try EComCharge([
                    "shop_id": .integer(SandboxKeys.shopID), "secret": .secrets([secret]),
                    "public_key": .secrets([key]),
                    "authentication": .word(checksSignatures ? "signature+basic" : "basic"),
                    "checkout_url": .url("http://sandbox"), "gateway_url": .url("http://sandbox"),
                    "api_url": .url("http://sandbox"),
                ])
            }
        }
        self.gateways = gateways
    }

    /// Processes a callback as the daemon does.
    mutating func receive(_ callback: OutgoingCallback, at now: Timestamp) throws {
        let account = accounts[callback.account]
        let headers = checksSignatures ? try account.headers(for: callback.body) : [("Authorization", Self.credentials)]
        let callback = Callback(
            body: callback.body,
            authorization: headers.first { $0.name == "Authorization" }?.value,
            contentSignature: headers.first { $0.name == "Content-Signature" }?.value
        )
        guard let gateway = gateways[account.name] else { return }
        let report = try gateway.decode(gateway.authenticate(callback))
        undecoded += report.isEmpty ? 1 : 0
        record(report, at: account.name, from: .callback, now)
    }

    /// Polls the sandbox's endpoints in order, as long as they answer «not found».
    mutating func poll(about entity: Entity, at account: String, _ world: inout World, at now: Timestamp)
        -> StatusResult?
    {
        guard let gateway = gateways[account] else { return nil }
        for request in gateway.statusRequests(about: entity, method: nil, remembered: nil) {
            let reading = gateway.read(world.answer(to: request), about: entity)
            if case .report(let report) = reading {
                record(report, at: account, from: .answer(overtaken: false), now)
            }
            if reading != .notFound { return reading }
        }
        return .notFound
    }

    /// Polls everything that it knows of, until that yields nothing new.
    mutating func pollEverything(_ created: [CreatedPayment], _ world: inout World, at now: Timestamp) {
        for created in created { _ = poll(about: created.entity, at: created.account, &world, at: now) }
        for name in renewals { _ = poll(about: .payment(id: name.id), at: name.account, &world, at: now) }
        for (name, payment) in payments {
            _ = poll(about: .payment(id: name.id), at: name.account, &world, at: now)
            for operation in payment.operations where payment.isFolded && operation.id != payment.id {
                _ = poll(about: .operation(id: operation.id), at: name.account, &world, at: now)
            }
        }
    }

    private mutating func record(_ report: Report, at account: String, from origin: Origin, _ now: Timestamp) {
        if let id = report.payment?.id ?? report.operations.first.map({ $0.parentID ?? $0.id }) {
            let isFolded = gateways[account].map { type(of: $0).foldsOperations } ?? false
            let name = Name(account: account, id: id)
            var payment = payments[name] ?? Payment(id: id, isFolded: isFolded)
            _ = payment.record(
                report.payment,
                operations: report.operations,
                from: origin,
                schedule: Self.schedule,
                at: now
            )
            payment.isNew = false
            payments[name] = payment
        }
        if let said = report.checkout {
            let name = Name(account: account, id: said.token)
            var checkout = checkouts[name] ?? Checkout(token: said.token)
            _ = checkout.record(said, from: origin, schedule: Self.schedule, at: now)
            checkout.isNew = false
            checkouts[name] = checkout
        }
        if let said = report.subscription {
            let name = Name(account: account, id: said.id)
            var subscription = subscriptions[name] ?? Subscription(id: said.id)
            _ = subscription.record(said, from: origin, at: now)
            subscription.isNew = false
            subscriptions[name] = subscription
            if let id = said.paymentID { renewals.insert(Name(account: account, id: id)) }
        }
    }
}

extension World {
    /// The sandbox's answer to one of the product's status requests, without HTTP in between.
    mutating func answer(to request: StatusRequest) -> StatusResponse {
        let path = request.url.dropFirst("http://sandbox/".count)
        let reply: Reply
        if path == Endpoint.paymentStatus.rawValue {
            reply = self.reply(toStatusRequest: request.body)
        } else if let slash = path.lastIndex(of: "/"), let endpoint = Endpoint(rawValue: String(path[..<slash])) {
            let authorization = request.headers.first { $0.name.lowercased() == "authorization" }?.value
            reply = self.reply(about: String(path[slash...].dropFirst()), at: endpoint, authorization: authorization)
        } else {
            reply = Reply(404, [:])
        }
        return StatusResponse(status: reply.status, body: reply.body)
    }
}
