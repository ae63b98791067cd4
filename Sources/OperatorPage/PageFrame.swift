/// What stands around a page.
struct PageFrame {
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
    var refreshes = false
    var message: PageMessage?
    let version: String
    let readAt: ShownTime
}
