import HTTPTypes
import Hummingbird
import Ledger
import NIOCore

extension OperatorPage {
    /// The largest form, in bytes: a token and a note.
    private static let largestForm = 16 << 10

    func poll(_ request: Request, _ context: BasicRequestContext) async -> Response {
        await acting(request) { _ in
            guard let name = Self.name(in: context, FormFields(query: request.uri.query)) else {
                return Self.seeOther("/payments", .unknown)
            }
            let message = await actions.poll(name.account, name.id)
            return Self.seeOther(payment: name, message)
        }
    }

    func deliver(_ request: Request, _ context: BasicRequestContext) async -> Response {
        await acting(request) { _ in
            guard let name = Self.name(in: context, FormFields(query: request.uri.query)) else {
                return Self.seeOther("/payments", .unknown)
            }
            let order = DeliveryOrder(
                target: nil,
                account: name.account,
                selection: .payment(id: name.id),
                drops: false
            )
            return Self.seeOther(payment: name, await actions.deliver(order))
        }
    }

    func deliverToTarget(_ request: Request, _ context: BasicRequestContext) async -> Response {
        await acting(request) { _ in
            guard let order = Self.order(in: context, FormFields(query: request.uri.query)) else {
                return Self.seeOther("/", .noTarget)
            }
            return Self.seeOther("/", await actions.deliver(order))
        }
    }

    /// The target of a row: a name may stand for a target of each kind, and for a forward target of each account.
    private static func order(in context: BasicRequestContext, _ query: FormFields) -> DeliveryOrder? {
        guard let kind = context.parameters.get("kind").flatMap({ DeliveryTarget.Kind(rawValue: $0) }),
            let target = context.parameters.get("name").flatMap({ FormFields.decoded($0) })
        else { return nil }
        switch kind {
        case .forward:
            guard let account = query.exact("account") else { return nil }
            return DeliveryOrder(kind: kind, target: target, account: account, selection: .undelivered, drops: false)
        case .notify:
            return DeliveryOrder(kind: kind, target: target, account: nil, selection: .undelivered, drops: false)
        }
    }

    func acknowledge(_ request: Request, _ context: BasicRequestContext) async -> Response {
        await acting(request) { form in
            guard let anomaly = context.parameters.get("id").flatMap({ Int64($0) }) else {
                return Self.seeOther("/anomalies", .unknown)
            }
            return Self.seeOther("/anomalies", await actions.acknowledge(anomaly, form["note"] ?? ""))
        }
    }

    /// Acts on a form that this page sent, and on no other.
    private func acting(_ request: Request, _ act: (FormFields) async -> Response) async -> Response {
        guard Self.isFromHere(request), let form = await Self.form(in: request), token.isProved(by: form["token"])
        else {
            let problem = ProblemView(
                "Nothing was done",
                "This form did not come from a page of the daemon that is running now.",
                "Load the page again, and press the button there."
            )
            return html(problem, "Nothing was done", of: "", status: .forbidden)
        }
        guard !form.hasNUL, !FormFields.hasNUL(request.head.path ?? "") else { return refusal() }
        return await act(form)
    }

    /// Whether a browser says that the form came from this page. Not every browser says so; the token decides then.
    ///
    /// `Origin` is `null` where `Referrer-Policy` is `no-referrer`, as it is here.
    static func isFromHere(_ request: Request) -> Bool {
        for field in request.headers where field.name.canonicalName == "sec-fetch-site" {
            guard field.value == "same-origin" else { return false }
        }
        guard let origin = request.headers[.origin], origin != "null" else { return true }
        let host = (request.head.authority ?? "").lowercased()
        return ["http://\(host)", "https://\(host)"].contains(origin.lowercased())
    }

    /// - Returns: `nil` if it is no form, or too large.
    private static func form(in request: Request) async -> FormFields? {
        let type = (request.headers[.contentType] ?? "").lowercased().prefix { $0 != ";" && $0 != " " }
        guard type == "application/x-www-form-urlencoded",
            let body = try? await request.body.collect(upTo: largestForm)  // A connection that broke, or too much.
        else { return nil }
        return FormFields(query: String(buffer: body))
    }

    private static func seeOther(_ path: String, _ message: PageMessage) -> Response {
        PageResponse.seeOther(PagePath.list(path, [("message", message.rawValue)]))
    }

    private static func seeOther(payment name: (account: String, id: String), _ message: PageMessage) -> Response {
        PageResponse.seeOther(
            PagePath.payment(name.id, account: name.account, nil, [("message", message.rawValue)])
        )
    }
}
