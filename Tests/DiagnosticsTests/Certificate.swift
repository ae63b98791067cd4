/// A certificate without a known authority for 127.0.0.1, valid from 2026-11-22T10:40:25Z to 2026-12-22T10:40:25Z, and
/// its key.
enum Certificate {
    static let chain = """
        -----BEGIN CERTIFICATE-----
        MIIBjjCCATSgAwIBAgIUEh/eN8O1E/3XqHoIf+OT5CgkKvgwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJMTI3LjAuMC4xMB4XDTI2MTEyMjEwNDAyNVoXDTI2MTIyMjEw
        NDAyNVowFDESMBAGA1UEAwwJMTI3LjAuMC4xMFkwEwYHKoZIzj0CAQYIKoZIzj0D
        AQcDQgAENzNfHKj6WTq/S7OsSR8uQ4NLCKrXWQwz9BavepqhtECTDBWTLi5WWlaF
        fidhyFflB4Me+Wf5NQhFr9l/KGQmmqNkMGIwHQYDVR0OBBYEFHhuwg8NOzLPEQo3
        vmy6b+j407RGMB8GA1UdIwQYMBaAFHhuwg8NOzLPEQo3vmy6b+j407RGMA8GA1Ud
        EwEB/wQFMAMBAf8wDwYDVR0RBAgwBocEfwAAATAKBggqhkjOPQQDAgNIADBFAiAu
        8PnRsbrqQj6VmQYSoA4QNATL2fOH9Fkyvgbb+qki6wIhAIBOOKjY66ovLdxRgpj0
        fW9CmDsdyjyzg4NsqMdrBunK
        -----END CERTIFICATE-----
        """
    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAZc6ckOVch13gPnx
        tNCijImdy6IXiXL8ZReyGHOWeBahRANCAAQ3M18cqPpZOr9Ls6xJHy5Dg0sIqtdZ
        DDP0Fq96mqG0QJMMFZMuLlZaVoV+J2HIV+UHgx75Z/k1CEWv2X8oZCaa
        -----END PRIVATE KEY-----
        """
}
