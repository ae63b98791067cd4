/// What stands around a page.
package struct PageFrame {
    struct Link {
        let href: String
        let name: String
        let isCurrent: Bool
    }

    struct Shown {
        let words: String
        let tone: String
    }

    static let pages: [(name: String, path: String)] = [
        ("How it stands", "/"), ("Payments", "/payments"), ("Anomalies", "/anomalies"), ("Rejected", "/rejected"),
        ("Callbacks", "/callbacks"), ("Subscriptions", "/subscriptions"),
    ]

    let title: String
    /// The path of the page of the navigation that this one belongs to.
    let section: String
    let refreshes: Bool
    let message: PageMessage?
    let version: String
    let readAt: ShownTime

    package init(
        title: String,
        section: String,
        refreshes: Bool = false,
        message: PageMessage? = nil,
        version: String,
        readAt: ShownTime
    ) {
        self.title = title
        self.section = section
        self.refreshes = refreshes
        self.message = message
        self.version = version
        self.readAt = readAt
    }
}
