import HTTPTypes
package import Hummingbird
package import Ledger
package import Logging
package import Payments

/// The operator's page: how it stands, and what happened, for a person with a browser.
///
/// It only reads, but for its buttons.
package struct OperatorPage: Sendable {
    let reader: LedgerReader
    let location: LedgerLocation
    let version: String
    let accounts: @Sendable () -> [String]
    let unwritable: @Sendable () -> String?
    let actions: PageActions
    let logger: Logger
    let now: @Sendable () -> Timestamp
    let token = FormToken()

    /// - Parameters:
    ///   - accounts: returns the names of the accounts in the current configuration.
    ///   - unwritable: returns why the database cannot be written now; `nil` if it can.
    package init(
        reader: LedgerReader,
        location: LedgerLocation,
        version: String,
        accounts: @escaping @Sendable () -> [String],
        unwritable: @escaping @Sendable () -> String?,
        actions: PageActions,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.reader = reader
        self.location = location
        self.version = version
        self.accounts = accounts
        self.unwritable = unwritable
        self.actions = actions
        self.logger = logger
        self.now = now
    }

    /// They are parsed when the first page is asked for: where nobody does, they need no memory.
    private static let templates: Templates = {
        do {
            return try Templates()
        } catch {
            // They are embedded, and a test renders each.
            preconditionFailure("a template is malformed: \(error)")
        }
    }()

    /// Whether a path is one of those that take forms, which bring a token instead of JSON.
    package static func takesForms(at path: String) -> Bool {
        ["/payments/", "/anomalies/", "/targets/"].contains { path.hasPrefix($0) }
    }

    package func add(to router: Router<BasicRequestContext>) {
        for asset in PageAsset.allCases {
            router.get(RouterPath(asset.path)) { request, _ in asset.response(to: request) }
        }
        router.get("/") { request, _ in await home(request) }
        router.get("/payments") { request, _ in await looking(request) { await payments(request) } }
        router.get("/payments/:account/:id") { request, context in
            await looking(request) { await payment(request, context) }
        }
        router.get("/anomalies") { request, _ in await looking(request) { await anomalies(request) } }
        for kind in [EvidenceList.Kind.rejected, .callbacks, .subscriptions] {
            router.get(RouterPath("/\(kind.rawValue)")) { request, _ in
                await looking(request) { await list(kind, request) }
            }
        }
        router.post("/payments/:account/:id/poll") { request, context in await poll(request, context) }
        router.post("/payments/:account/:id/deliver") { request, context in await deliver(request, context) }
        router.post("/anomalies/:id/acknowledge") { request, context in await acknowledge(request, context) }
        router.post("/targets/:kind/:name/deliver") { request, context in await deliverToTarget(request, context) }
    }

    /// Looks up what a URL names, unless it has a NUL in it.
    private func looking(_ request: Request, _ look: () async -> Response) async -> Response {
        guard !FormFields.hasNUL(request.head.path ?? "") else { return refusal() }
        return await look()
    }

    /// The answer to a request with a NUL in it.
    func refusal() -> Response {
        let problem = ProblemView("Nothing was done", "A field or a name has a NUL character in it.", "Leave it out.")
        return html(problem, "Nothing was done", of: "", status: .badRequest)
    }

    /// A page in its layout.
    func html(
        _ view: some PageView,
        _ title: String,
        of section: String,
        _ message: PageMessage? = nil,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        let frame = PageFrame(
            title: title,
            section: section,
            refreshes: view.template == .home,
            message: message,
            version: version,
            readAt: ShownTime(now())
        )
        return PageResponse.html(Self.templates.html(view, in: frame), status: status)
    }

    /// Answers with what was read, or says why it could not be.
    func reading(_ title: String, of section: String, _ read: () async throws -> Response) async -> Response {
        do {
            return try await read()
        } catch let timeout as ReadTimeout {
            let problem = ProblemView(
                "This takes too long",
                "Nothing was read: \(timeout).",
                "Ask for less, such as one account or a shorter time; `psql` or `sqlite3` have no such limit."
            )
            return html(problem, title, of: section, status: .serviceUnavailable)
        } catch {
            logger.warning("the page cannot read the database", metadata: ["page": "\(section)", "error": "\(error)"])
            let problem = ProblemView(
                "The database cannot be read",
                "Nothing is lost by that: \(error)",
                "Run `paystate doctor`, and load the page again."
            )
            return html(problem, title, of: section, status: .serviceUnavailable)
        }
    }
}
