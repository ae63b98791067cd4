import Payments
import Telemetry

extension Configuration.TLS {
    /// A certificate that expires sooner than this causes a warning.
    private static let notice = Duration.seconds(14 * 86_400)

    /// `nil` if one of the two files cannot be read, or if they do not work together.
    init?(_ item: YAMLValue, _ reader: inout ConfigurationReader) {
        let section = reader.section(item, of: ["certificate", "private_key"])
        let certificate = Self.file("certificate", section, &reader)
        let privateKey = Self.file("private_key", section, &reader)
        guard let certificate, let privateKey else { return nil }
        do {
            let identity = try TLSIdentity(certificate: certificate.file.bytes, privateKey: privateKey.file.bytes)
            self.init(certificate: certificate.path, privateKey: privateKey.path, identity: identity)
        } catch {
            let isCertificate = error == .noCertificate
            reader.refuse(
                isCertificate ? certificate.item : privateKey.item,
                "\(isCertificate ? certificate.path : privateKey.path) \(error.explanation)"
            )
            return nil
        }
        if privateKey.file.isWorldReadable {
            reader.warn(privateKey.item, "every user may read \(privateKey.path): chmod o-r")
        }
        warnOfExpiry(certificate.item, &reader)
    }

    /// Only warns: a daemon that did not start because of its certificate would not even poll the gateways.
    private func warnOfExpiry(_ item: YAMLValue, _ reader: inout ConfigurationReader) {
        let (now, end) = (reader.environment.now(), identity.expiresAt)
        guard end < now + Self.notice else { return }
        let remedy = "gateways then reject it and deliver nothing: renew it and reload"
        reader.warn(item, "\(certificate) \(end <= now ? "expired" : "expires") at \(end.text): \(remedy)")
    }

    private static func file(
        _ name: String,
        _ section: YAMLMapping,
        _ reader: inout ConfigurationReader
    ) -> (item: YAMLValue, path: String, file: HostEnvironment.File)? {
        guard let item = section[name] else {
            guard case .mapping = section.item.content else { return nil }
            reader.refuse(section.item, "lacks `\(name)`: add the path of a PEM file")
            return nil
        }
        guard let path = reader.path(item) else { return nil }
        do {
            return (item, path, try reader.environment.read(path, 1 << 20))
        } catch {
            reader.refuse(item, "\(path) \(error.explanation)", isOfSession: error == .forbidden)
            return nil
        }
    }
}

extension TLSIdentityError {
    /// The explanation, phrased to follow "/path ".
    fileprivate var explanation: String {
        switch self {
        case .noCertificate:
            "is not a chain of certificates in PEM: it must hold the server's own first, then those that sign it"
        case .noKey: "holds no private key in PEM that can be used"
        case .encryptedKey: "is locked with a passphrase, which the daemon cannot ask for: store it without one"
        case .keyOfAnother: "is not the key of the certificate: name the key for which the first certificate was made"
        case .refused: "cannot be used: use an RSA key of 2048 bits or more, or an ECDSA key on a NIST curve"
        }
    }
}
