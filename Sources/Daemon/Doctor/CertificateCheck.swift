import NIOSSL
package import Payments

/// How long the listener's certificate is still good.
package struct CertificateCheck {
    package static let name = "certificate"

    package let now: Moment

    package init(now: Moment) {
        self.now = now
    }

    package func finding(_ path: String) -> Finding {
        let end: Moment
        do {
            end = try Self.end(of: path)
        } catch {
            let advice = "is it there, in PEM, and may this user read it? The daemon cannot start without it"
            guard FileStatus(of: path) != nil else {
                return Finding(Self.name, .failure, "there is no \(path) for this user", advice: advice)
            }
            return Finding(Self.name, .failure, "\(path) cannot be read: \(error)", advice: advice)
        }
        let left = Duration.milliseconds(end.milliseconds - now.milliseconds)
        let advice = "renew it, then `systemctl reload paystate`; without it no gateway can deliver a callback"
        guard left > .zero else {
            return Finding(Self.name, .failure, "\(path) expired at \(end.text)", advice: advice)
        }
        let seen = "\(path) is good until \(end.text): \(Rough.time(left))"
        guard left >= .seconds(7 * 86_400) else { return Finding(Self.name, .failure, seen, advice: advice) }
        guard left >= .seconds(30 * 86_400) else { return Finding(Self.name, .warning, seen, advice: advice) }
        return Finding(Self.name, .ok, seen)
    }

    /// When the first of the chain, which is the server's own, ceases to be good.
    private static func end(of path: String) throws -> Moment {
        guard let first = try NIOSSLCertificate.fromPEMFile(path).first else {
            throw NIOSSLError.failedToLoadCertificate
        }
        return Moment(milliseconds: Int64(first.notValidAfter) * 1000)
    }
}
