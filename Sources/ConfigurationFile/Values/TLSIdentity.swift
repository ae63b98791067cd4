import NIOCore
package import NIOSSL
package import Payments

/// The public listener's TLS identity: a certificate chain and its private key, checked to match.
package struct TLSIdentity: Sendable {
    /// The certificates, leaf first.
    private let chain: [NIOSSLCertificate]
    private let key: NIOSSLPrivateKey
    /// The context that creates all connections, with the same settings.
    package let context: NIOSSLContext

    /// Parses both from PEM.
    package init(certificate: [UInt8], privateKey: [UInt8]) throws(TLSIdentityError) {
        chain = try Self.chain(certificate)
        key = try Self.key(privateKey)
        var settings = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map(NIOSSLCertificateSource.certificate),
            privateKey: .privateKey(key)
        )
        settings.minimumTLSVersion = .tlsv12
        settings.cipherSuiteValues = Self.cipherSuites
        settings.applicationProtocols = ["http/1.1"]
        settings.shutdownTimeout = .seconds(2)
        do {
            context = try NIOSSLContext(configuration: settings)
        } catch NIOSSLError.failedToLoadPrivateKey {
            throw .keyOfAnother
        } catch {
            throw .refused
        }
    }

    /// When the chain expires: the earliest expiry of its certificates.
    package var expiresAt: Timestamp { Self.expiry(of: chain) }

    /// When a chain in PEM expires, for users who may not read its key.
    package static func expiry(certificate: [UInt8]) throws(TLSIdentityError) -> Timestamp {
        expiry(of: try chain(certificate))
    }
}

extension TLSIdentity {
    /// The cipher suites of TLS 1.2 with forward secrecy (traffic stays secret even if the key leaks later) and
    /// authenticated encryption. TLS 1.3 has no others.
    private static let cipherSuites: [NIOTLSCipher] = [
        .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]

    private static func chain(_ pem: [UInt8]) throws(TLSIdentityError) -> [NIOSSLCertificate] {
        do {
            return try NIOSSLCertificate.fromPEMBytes(pem)
        } catch {
            throw .noCertificate
        }
    }

    private static func key(_ pem: [UInt8]) throws(TLSIdentityError) -> NIOSSLPrivateKey {
        guard !pem.isEmpty else { throw .noKey }
        // `BEGIN ENCRYPTED PRIVATE KEY`, or `Proc-Type: 4,ENCRYPTED`: there is nobody to ask for a passphrase.
        guard !pem.contains("ENCRYPTED".utf8) else { throw .encryptedKey }
        do {
            return try NIOSSLPrivateKey(bytes: pem, format: .pem)
        } catch {
            throw .noKey
        }
    }

    private static func expiry(of chain: [NIOSSLCertificate]) -> Timestamp {
        Timestamp(milliseconds: (chain.map { Int64($0.notValidAfter) }.min() ?? 0).multipliedSaturated(by: 1000))
    }
}

extension TLSIdentity: Hashable {
    package static func == (one: TLSIdentity, other: TLSIdentity) -> Bool {
        one.chain == other.chain && one.key == other.key
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(chain)
        hasher.combine(key)
    }
}

/// Why a certificate or its private key cannot be used.
package enum TLSIdentityError: Error, Hashable {
    case noCertificate
    case noKey
    case encryptedKey
    case keyOfAnother
    case refused
}
