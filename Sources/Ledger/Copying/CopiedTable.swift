/// A table that moves with a ledger from one engine to the other.
struct CopiedTable: Sendable {
    let name: String
    /// The columns of its primary key: in their order its rows are copied, and compared afterwards.
    let key: [String]
    /// How many of its rows are in memory at a time.
    let portion: Int

    private init(_ name: String, by key: String..., portion: Int = 1000) {
        self.name = name
        self.key = key
        self.portion = portion
    }

    /// All of them, each after those that its rows refer to.
    static let all = [
        CopiedTable("account", by: "id"),
        CopiedTable("schedule", by: "id"),
        CopiedTable("payment", by: "id"),
        CopiedTable("operation", by: "payment", "operation_id"),
        CopiedTable("checkout", by: "id"),
        CopiedTable("subscription", by: "id"),
        CopiedTable("token", by: "token", "account", "kind"),
        CopiedTable("callback", by: "id", portion: besideBodies),
        CopiedTable("poll", by: "id", portion: besideBodies),
        CopiedTable("question", by: "account", "entity", "entity_id"),
        CopiedTable("instruction", by: "id"),
        CopiedTable("transition", by: "seq"),
        CopiedTable("anomaly", by: "id"),
        CopiedTable("target", by: "id"),
        CopiedTable("forward", by: "id"),
        CopiedTable("rejection", by: "id", portion: besideBodies),
        CopiedTable("unkept_rejections", by: "account", "hour"),
        CopiedTable("pruning", by: "id"),
        CopiedTable("needed_body", by: "source", "evidence"),
        CopiedTable("hour", by: "hour", "account"),
        CopiedTable("habit", by: "account", "hour_of_week"),
        CopiedTable("heartbeat", by: "id"),
    ]

    /// A body may have 256 KiB.
    private static let besideBodies = 100

    /// The tables that stay behind.
    ///
    /// The program lays down what it knows itself: currencies, and the views with their documentation. The last check
    /// of the pages is about another file. Leases are held by receivers of the other database. And `ledger` names the
    /// history: the copy gets a name of its own, because both can be written from now on, and a receiver that is led to
    /// the other one must not take it for its own. Programs that follow the ledger go on: they compare `seq` and
    /// `recorded_at` of the last row that they know, and both are copied.
    static let leftBehind: Set = ["currency", "lease", "ledger", "page_check", "schema_doc", "view_digest"]

    /// The table that is not empty in an empty ledger.
    static let alwaysFilled = "pruning"

    var quotedName: String { "\"\(name)\"" }

    /// Reads all rows in the order of the key. Both engines compare text by its bytes.
    func selection(of columns: [String]) -> String {
        "SELECT \(Self.quoted(columns)) FROM \(quotedName) ORDER BY \(Self.quoted(key))"
    }

    /// Names that are separated by commas; some of them are words of SQL.
    static func quoted(_ names: [String]) -> String {
        names.map { "\"\($0)\"" }.joined(separator: ", ")
    }
}
