import Hummingbird
import Ledger
import Logging
import Narration
import Payments

extension OperatorPage {
    /// The week that the sparklines show.
    private static let week = Duration.seconds(167 * 3600)

    func home(_ request: Request) async -> Response {
        await reading("How it stands", of: "/") {
            let now = now()
            let health = try await reader.healthRows()
            let (engine, place, disk) = try await storage()
            let standing = Standing(
                configured: accounts(),
                accounts: health,
                hours: try await reader.callbackHours(since: now - Self.week),
                targets: try await reader.targets(),
                unwritable: unwritable(),
                disk: disk,
                place: place,
                engine: engine,
                version: version,
                now: now
            )
            let view = HomeView(standing, token: token.text)
            return html(view, "How it stands", of: "/", Self.message(in: request))
        }
    }

    private func storage() async throws -> (engine: String, place: String, disk: FreeSpace?) {
        let version = try await reader.engineVersion()
        return switch location {
        case .file(let path): ("SQLite \(version)", path, FreeSpace(besides: path))
        case .postgreSQL: ("PostgreSQL \(version)", "on a server", nil)
        }
    }

    func payments(_ request: Request) async -> Response {
        await reading("Payments", of: "/payments") {
            let list = PaymentList(FormFields(query: request.uri.query), accounts: accounts(), now: now())
            let view = list.view(of: try await reader.payments(list.search))
            return html(view, "Payments", of: "/payments", Self.message(in: request))
        }
    }

    func payment(_ request: Request, _ context: BasicRequestContext) async -> Response {
        let form = FormFields(query: request.uri.query)
        guard let name = Self.name(in: context, form) else { return unknownPayment("") }
        return await reading(name.id.cut(to: 80), of: "/payments") {
            guard let details = try await reader.payment(name.id, account: name.account) else {
                return unknownPayment(name.id)
            }
            let showsPersonal = form["show"] == "personal"
            if showsPersonal {
                logger.notice(
                    "personal data was shown on the page",
                    metadata: ["account": "\(name.account)", "payment": "\(name.id)"]
                )
            }
            let history = try await reader.history(ofPayment: name.id, account: name.account)
            let view = PaymentView(
                details,
                targets: Self.receivers(of: try await reader.targets(), account: name.account),
                story: history.map { Story($0, now: now()).parts },
                bodies: try await ShownBody.newest(
                    of: details,
                    from: reader,
                    as: BodyText(showsPersonal: showsPersonal)
                ),
                showsPersonal: showsPersonal,
                isConfigured: accounts().contains(name.account),
                token: token.text
            )
            return html(view, name.id.cut(to: 80), of: "/payments", Self.message(in: request))
        }
    }

    /// The names of the targets that an account's callbacks are passed on to.
    private static func receivers(of targets: [ViewRow], account: String) -> [String] {
        let forwards = targets.filter { target in
            target.text("kind") == DeliveryTarget.Kind.forward.rawValue && target.text("account") == account
                && target.text("state") != "removed"
        }
        return forwards.map { $0.text("name").cut(to: 80) }
    }

    private func unknownPayment(_ id: String) -> Response {
        let problem = ProblemView(
            "No such payment",
            "Nothing is known about «\(id.cut(to: 200))» at this account.",
            "Search for it among the payments, or let `paystate watch` poll the gateway about it."
        )
        return html(problem, "No such payment", of: "/payments", status: .notFound)
    }

    func anomalies(_ request: Request) async -> Response {
        await reading("Anomalies", of: "/anomalies") {
            let asked = AnomalyRequest(FormFields(query: request.uri.query), accounts: accounts())
            let view = asked.view(of: try await asked.page(from: reader), token: token.text)
            return html(view, "Anomalies", of: "/anomalies", Self.message(in: request))
        }
    }

    func list(_ kind: EvidenceList.Kind, _ request: Request) async -> Response {
        let list = EvidenceList(kind, FormFields(query: request.uri.query), accounts: accounts())
        return await reading(list.heading, of: "/\(kind.rawValue)") {
            let page = try await list.page(from: reader)
            return html(list.view(of: page), list.heading, of: "/\(kind.rawValue)")
        }
    }

    /// The message that a button left in the URL; anything else there says nothing.
    private static func message(in request: Request) -> PageMessage? {
        FormFields(query: request.uri.query)["message"].flatMap(PageMessage.init(rawValue:))
    }

    /// The payment in a path, or, for names that a path cannot hold, in the query.
    static func name(in context: BasicRequestContext, _ query: FormFields) -> (account: String, id: String)? {
        guard let account = context.parameters.get("account").flatMap({ FormFields.decoded($0) }),
            let id = query.exact("id") ?? context.parameters.get("id").flatMap({ FormFields.decoded($0) })
        else { return nil }
        return (account, id)
    }
}
