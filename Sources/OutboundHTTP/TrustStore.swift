import Foundation

/// Where this machine keeps the certificates of the authorities that it trusts: the places in which SwiftNIO SSL looks.
///
/// Without any of them no gateway can be asked, and what TLS says of that («not trusted», or nothing at all) names the
/// gateway, which has no part in it.
package struct TrustStore: Sendable {
    package static let system = TrustStore(
        files: ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"],
        folder: "/etc/ssl/certs"
    )

    private let files: [String]
    private let folder: String

    /// - Parameters:
    ///   - files: PEM files with all of them.
    ///   - folder: with a file for each.
    package init(files: [String], folder: String) {
        self.files = files
        self.folder = folder
    }

    /// Whether there is not a single certificate.
    package var isEmpty: Bool {
        let hasFile = files.contains { file in
            let attributes = try? FileManager.default.attributesOfItem(
                atPath: URL(filePath: file).resolvingSymlinksInPath().path
            )
            return attributes?[.size] as? Int64 ?? 0 > 0
        }
        // A folder that is missing or hidden is no help.
        return !hasFile && (try? FileManager.default.contentsOfDirectory(atPath: folder))?.isEmpty ?? true
    }
}
