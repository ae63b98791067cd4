package import ConfigurationFile
import NIOCore
package import NIOSSL
package import Payments
import Telemetry

/// Certificates for `localhost` and 127.0.0.1, valid for a hundred years, made with openssl only for these tests.
package enum TestIdentity {
    /// A chain of two, and the key of its first.
    package static let certificate = "\(leaf)\n\(authority)\n"

    package static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgPpUh0/FzeH4ijoYY
        cyODo74I0UzMWajQEt27CYapM5ihRANCAATnCS7JYcxXoIXQsAG8fsAZBxXlDE4z
        c6W15C1W6DbRu6yQY4pRbWs5NjsyjbjvfL97FNf00ATX5zQwaCfGOJzf
        -----END PRIVATE KEY-----
        """

    /// The first certificate of the chain expires before its authority.
    package static let expiresAt = Timestamp(milliseconds: 4_905_742_396_000)

    /// Self-signed.
    package static let otherCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIBmzCCAUGgAwIBAgIUB8ZlVYQ5qshw68ova6002nbwgHkwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjEwMTMxNloYDzIxMjYwNzIx
        MTAxMzE2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAASTnFuYio+vDFvFikUevJV1wQeJo6TkxeJLxLsldoMFQ3oeCh2Tu8kO
        mSr8UKzuzu/0ysAWxS6ZAhFTZODk7Ok/o28wbTAdBgNVHQ4EFgQUGFYyvb0G5m8j
        Wyrxd2LRlE8FgZowHwYDVR0jBBgwFoAUGFYyvb0G5m8jWyrxd2LRlE8FgZowDwYD
        VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
        zj0EAwIDSAAwRQIgZcYC/K60jNQOsWXur1YP3S/X1c/e/JQBDd9da5cOUngCIQDo
        NVnraP4l0tf+th1K7o2xg+ZtWOHARKyp7wMO65seoQ==
        -----END CERTIFICATE-----
        """

    package static let otherKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgKpR3QWv0iGqwRFrV
        Jvn/CU5kH/6kj3MgQjxjBldCsBehRANCAASTnFuYio+vDFvFikUevJV1wQeJo6Tk
        xeJLxLsldoMFQ3oeCh2Tu8kOmSr8UKzuzu/0ysAWxS6ZAhFTZODk7Ok/
        -----END PRIVATE KEY-----
        """

    /// The same key, with a passphrase.
    package static let lockedKey = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAg5kSMj905+1QICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEH5tkyIHWGJrSJy/PwvH83MEgZD9
        MvzJgEmYjvJEOVFjj+0Zrox0cvs433MInI8iILPUEJPoBI2K65QU+bmahhmibZmL
        cdcb9TrPhl8OuwFK1HbAVUJK1KKbVhrIoDjl+h5zG6Chdi/x34RVWVX0Je0Pc6rS
        ZP5+Odj0WBTVrv1EOc8hvacxYWP+K+QofeTv+r2ICbjoztjtteBXdcl+/mr4foU=
        -----END ENCRYPTED PRIVATE KEY-----
        """

    private static let leaf = """
        -----BEGIN CERTIFICATE-----
        MIIBuTCCAWCgAwIBAgIUXyg03Jy5zHStns/pCr9xCUf4hAcwCgYIKoZIzj0EAwIw
        JDEiMCAGA1UEAwwZUGF5c3RhdGUgdGVzdHMnIGF1dGhvcml0eTAgFw0yNjExMjIx
        MDEzMTZaGA8yMTI1MDYxNjEwMTMxNlowFDESMBAGA1UEAwwJbG9jYWxob3N0MFkw
        EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5wkuyWHMV6CF0LABvH7AGQcV5QxOM3Ol
        teQtVug20buskGOKUW1rOTY7Mo2473y/exTX9NAE1+c0MGgnxjic36N+MHwwGgYD
        VR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMAkGA1UdEwQCMAAwEwYDVR0lBAwwCgYI
        KwYBBQUHAwEwHQYDVR0OBBYEFGKtdHAJYryxPckRjJpMwZoQ8SJPMB8GA1UdIwQY
        MBaAFNyT8JvzVVG72/TaOV0lS+NuMMsxMAoGCCqGSM49BAMCA0cAMEQCID5jO4no
        mosrMIdjYcXugXEHxyvcYt3DpLo+WtSOwY9WAiB881jfCzTTlO4lp0srAhVwgBNx
        FS8lorqU2pzk3ouKQg==
        -----END CERTIFICATE-----
        """

    package static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBnjCCAUWgAwIBAgIUV79gdQkNMgwq4qjO7l1T4Heu3nQwCgYIKoZIzj0EAwIw
        JDEiMCAGA1UEAwwZUGF5c3RhdGUgdGVzdHMnIGF1dGhvcml0eTAgFw0yNjExMjIx
        MDEzMTZaGA8yMTI2MTAyOTEwMTMxNlowJDEiMCAGA1UEAwwZUGF5c3RhdGUgdGVz
        dHMnIGF1dGhvcml0eTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGaHf0NTLmTX
        Yj3VsruSy0JalmagugmbPJOmNiHvRM3NAsdgyZ1mViz/8nShSAGfhID9IRgmL670
        FonisPlF/7OjUzBRMB0GA1UdDgQWBBTck/Cb81VRu9v02jldJUvjbjDLMTAfBgNV
        HSMEGDAWgBTck/Cb81VRu9v02jldJUvjbjDLMTAPBgNVHRMBAf8EBTADAQH/MAoG
        CCqGSM49BAMCA0cAMEQCIB4dfGvyqxfKy2T+iPlnZ7N+3JiQpArGOI+KTB2M/1Bs
        AiA/BiIIXWYNroL8vkdk4tzOrpJeSGgwuNEyxKpzBbS2ow==
        -----END CERTIFICATE-----
        """
}

extension TestIdentity {
    package static func tls() throws -> Configuration.TLS {
        let identity = try TLSIdentity(certificate: Array(certificate.utf8), privateKey: Array(key.utf8))
        return Configuration.TLS(certificate: "/etc/tls.pem", privateKey: "/etc/tls.key", identity: identity)
    }

    /// A client that trusts one certificate, and those that it signed.
    package static func client(
        upTo version: TLSVersion = .tlsv13,
        trusting certificate: String = authority
    ) throws -> NIOSSLContext {
        var settings = TLSConfiguration.makeClientConfiguration()
        settings.minimumTLSVersion = .tlsv1
        settings.maximumTLSVersion = version
        settings.shutdownTimeout = .milliseconds(100)
        settings.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)))
        return try NIOSSLContext(configuration: settings)
    }
}
