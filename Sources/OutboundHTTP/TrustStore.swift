import Foundation

/// Where this machine keeps the certificates of the authorities that it trusts: the places in which SwiftNIO SSL looks.
///
/// Without any of them no gateway can be polled, and the TLS error ("not trusted", or nothing at all) blames the
/// gateway, which is not at fault.
package struct TrustStore: Sendable {
    package static let system = TrustStore(
        files: ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"],
        folder: "/etc/ssl/certs"
    )

    private let files: [String]
    private let folder: String

    /// - Parameters:
    ///   - files: PEM files, each with all certificates.
    ///   - folder: a folder with a file for each certificate.
    package init(files: [String], folder: String) {
        self.files = files
        self.folder = folder
    }

    /// Whether there is no certificate at all.
    package var isEmpty: Bool {
        let hasFile = files.contains { file in
            let attributes = try? FileManager.default.attributesOfItem(
                atPath: URL(filePath: file).resolvingSymlinksInPath().path
            )
            return attributes?[.size] as? Int64 ?? 0 > 0
        }
        // A missing or unreadable folder does not count.
        return !hasFile && (try? FileManager.default.contentsOfDirectory(atPath: folder))?.isEmpty ?? true
    }
}
