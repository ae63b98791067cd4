import Mustache

/// The templates, parsed once.
package struct Templates: Sendable {
    /// The pages, and the pieces that they are made of.
    private static let files: [(name: String, bytes: [UInt8])] = [
        ("anomalies", PackageResources.anomalies_mustache),
        ("button", PackageResources.button_mustache),
        ("field", PackageResources.field_mustache),
        ("home", PackageResources.home_mustache),
        ("layout", PackageResources.layout_mustache),
        ("listing", PackageResources.listing_mustache),
        ("pager", PackageResources.pager_mustache),
        ("payment", PackageResources.payment_mustache),
        ("phrase", PackageResources.phrase_mustache),
        ("problem", PackageResources.problem_mustache),
        ("table", PackageResources.table_mustache),
    ]

    private let library: MustacheLibrary

    /// - Throws: if a template is malformed.
    package init() throws {
        MustacheContentTypes.register(HTMLText(), named: HTMLText.name)
        var library = MustacheLibrary()
        for (name, bytes) in Self.files {
            // A partial does not inherit it.
            let text = "{{% CONTENT_TYPE:\(HTMLText.name)}}\n" + String(decoding: bytes, as: UTF8.self)
            try library.register(text, named: name)
        }
        self.library = library
    }

    /// A page within the layout.
    package func html(_ page: some PageView, in frame: PageFrame) -> String {
        let main = library.render(page, withTemplate: page.template.rawValue) ?? ""
        return library.render(Layout(frame, main: main), withTemplate: "layout") ?? ""
    }

    /// What the layout shows: names as in the template.
    private struct Layout {
        let title: String
        let assets: String
        let pages: [PageFrame.Link]
        let refreshes: Bool
        let message: PageFrame.Shown?
        let main: String
        let version: String
        let readISO: String
        let readText: String

        init(_ frame: PageFrame, main: String) {
            title = frame.title
            assets = PageAsset.version
            pages = PageFrame.pages.map { name, path in
                PageFrame.Link(href: path, name: name, isCurrent: path == frame.section)
            }
            refreshes = frame.section == "/" && frame.refreshes
            message = frame.message.map { PageFrame.Shown(words: $0.words, tone: $0.isDone ? "good" : "bad") }
            self.main = main
            version = frame.version
            readISO = frame.readAt.iso
            readText = frame.readAt.text
        }
    }
}
