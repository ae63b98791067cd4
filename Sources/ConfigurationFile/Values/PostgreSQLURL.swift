/// A URL that libpq connects by, read as libpq reads it (its manual: "Connection URIs").
///
/// It is read here only to find mistakes before the daemon starts, and to see what the connection is worth: libpq gets
/// the text itself. No message repeats any part of it, because a misplaced word may be the password.
struct PostgreSQLURL: Sendable {
    /// By name, by address, or the folder of a Unix socket; empty if libpq is to choose.
    let hosts: [String]
    /// `nil` if libpq is to choose.
    let database: String?
    private let parameters: [Parameter]

    private typealias Parameter = (name: String, value: String)

    init(_ text: String) throws(InvalidValue) {
        guard let scheme = Self.schemes.first(where: { text.hasPrefix($0) }) else {
            throw InvalidValue(
                explanation: """
                    is no address of a database: write the path of a file, or a URL that begins with postgresql://, \
                    such as \(Self.example)
                    """
            )
        }
        guard text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            throw InvalidValue(
                explanation: """
                    the URL holds a space, a control character or a letter beyond ASCII: write each of its bytes as % \
                    and two hexadecimal digits, such as %20
                    """
            )
        }
        var rest = text.dropFirst(scheme.count)
        // What comes before the first @ is the user, unless a / is earlier.
        if let end = rest.firstIndex(where: { $0 == "@" || $0 == "/" }), rest[end] == "@" {
            guard !rest[..<end].contains(":") else { throw Self.hasPassword }
            _ = try Self.decoded(rest[..<end])
            rest = rest[rest.index(after: end)...]
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        rest = rest[authority.endIndex...]
        var named: String?
        if rest.first == "/" {
            let name = rest.dropFirst().prefix { $0 != "?" }
            if !name.isEmpty { named = try Self.decoded(name) }
            rest = rest[name.endIndex...]
        }
        let parameters = try Self.parameters(rest.dropFirst())
        for parameter in parameters { try Self.check(parameter) }
        // A parameter replaces what stands before the question mark.
        let places = try Self.hosts(authority)
        hosts = Self.last("host", parameters).map(Self.list) ?? places
        database = Self.last("dbname", parameters) ?? named
        self.parameters = parameters
    }

    /// Whether nothing ensures that a connection over the network is encrypted: without a word about it, libpq goes on
    /// in plain text with a server that offers no TLS.
    var isUnprotected: Bool {
        let places = Self.last("hostaddr", parameters).map(Self.list) ?? hosts
        guard places.contains(where: Self.isRemote) else { return false }
        let mode = parameters.last { $0.name == "sslmode" || $0.name == "ssl" }
        return mode.map { $0.name == "sslmode" && !Self.protecting.contains($0.value) } ?? true
    }

    private static func isRemote(_ host: String) -> Bool {
        // An empty name stands for libpq's own choice, a Unix socket; @ begins the name of one that is in no folder.
        !host.isEmpty && !host.hasPrefix("/") && !host.hasPrefix("@") && !HostAndPort(host: host, port: 0).isLoopback
    }
}

// MARK: The parts

extension PostgreSQLURL {
    static let example = "postgresql://paystate@db.example/paystate?sslmode=verify-full"

    private static let schemes = ["postgresql://", "postgres://"]

    private static let hasPassword = InvalidValue(
        explanation: "the URL holds a password, and is shown in logs: move it to `database_password`"
    )

    private static func hosts(_ authority: Substring) throws(InvalidValue) -> [String] {
        guard !authority.isEmpty else { return [] }
        var hosts: [String] = []
        for place in authority.split(separator: ",", omittingEmptySubsequences: false) {
            guard !place.contains("@") else {
                throw InvalidValue(explanation: "the URL holds more than one @: write one in the user's name as %40")
            }
            let isBracketed = place.first == "["
            let end = isBracketed ? place.firstIndex(of: "]").map(place.index(after:)) : place.firstIndex(of: ":")
            let host = place[..<(end ?? place.endIndex)]
            let port = place[host.endIndex...]
            guard isPort(port), !isBracketed || host.last == "]" && host.contains(":") else {
                throw InvalidValue(
                    explanation: """
                        each host of the URL is a name or an address (IPv6 in [ ]), with :PORT, 1 to 65535, if it is \
                        not 5432; a password goes to `database_password`
                        """
                )
            }
            hosts.append(try decoded(isBracketed ? host.dropFirst().dropLast() : host))
        }
        return hosts
    }

    /// - Parameter text: with the colon; empty if there is none.
    private static func isPort(_ text: Substring) -> Bool {
        guard !text.isEmpty, text != ":" else { return true }
        let digits = text.dropFirst()
        guard text.hasPrefix(":"), digits.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            let port = UInt16(digits)
        else { return false }
        return port > 0
    }

    private static func parameters(_ query: Substring) throws(InvalidValue) -> [Parameter] {
        guard !query.isEmpty else { return [] }
        var parameters: [Parameter] = []
        for part in query.split(separator: "&", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", omittingEmptySubsequences: false)
            guard sides.count == 2 else {
                throw InvalidValue(
                    explanation: """
                        what follows the ? of the URL must be name=value, with & between two of them, and with %3D for \
                        a = in a value
                        """
                )
            }
            parameters.append((try decoded(sides[0]), try decoded(sides[1])))
        }
        return parameters
    }

    private static func last(_ name: String, _ parameters: [Parameter]) -> String? {
        parameters.last { $0.name == name }.map(\.value)
    }

    private static func list(_ value: String) -> [String] {
        value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    private static func decoded(_ text: Substring) throws(InvalidValue) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = hexadecimal(rest.popFirst()), let low = hexadecimal(rest.popFirst()), high + low > 0 else {
                throw wrongEscape
            }
            bytes.append(high << 4 | low)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else { throw wrongEscape }
        return decoded
    }

    private static func hexadecimal(_ digit: UInt8?) -> UInt8? {
        // A sign is part of a number to `UInt8`, but is no digit.
        digit.flatMap { UInt8(String(UnicodeScalar($0)), radix: 16) }
    }

    private static let wrongEscape = InvalidValue(
        explanation: """
            a % in the URL begins a byte of UTF-8 in two hexadecimal digits, but not 00: write % itself as %25
            """
    )
}

// MARK: The parameters

extension PostgreSQLURL {
    private static let modes = ["disable", "allow", "prefer"] + protecting
    private static let protecting = ["require", "verify-ca", "verify-full"]
    private static let sessions = ["read-write", "primary", "any"]

    private static func check(_ parameter: Parameter) throws(InvalidValue) {
        let (name, value) = parameter
        switch name {
        case "password":
            throw hasPassword
        case "sslpassword":
            throw InvalidValue(
                explanation: "the URL holds sslpassword, and is shown in logs: store the key without a passphrase"
            )
        case "client_encoding":
            throw InvalidValue(explanation: "Paystate writes UTF-8 only: remove client_encoding from the URL")
        case "replication":
            throw InvalidValue(
                explanation: "a connection for replication cannot record payments: remove replication from the URL"
            )
        case "sslmode" where !modes.contains(value):
            throw InvalidValue(explanation: "sslmode must be one of \(modes.joined(separator: ", "))")
        case "ssl" where value != "true":
            throw InvalidValue(explanation: "ssl=true is all that libpq takes: write sslmode=verify-full, say")
        case "target_session_attrs" where !sessions.contains(value):
            throw InvalidValue(
                explanation: """
                    target_session_attrs must be one of \(sessions.joined(separator: ", ")): where nothing can be \
                    written, no payment can be recorded
                    """
            )
        default:
            guard !known.contains(name) else { return }
            let advice = Spelling.closest(to: name, in: known).map { "did you mean \($0)?" } ?? "remove it"
            throw InvalidValue(explanation: "the URL has a parameter that libpq does not know: \(advice)")
        }
    }

    /// Of libpq 14 to 18.
    private static let known = [
        "application_name", "channel_binding", "connect_timeout", "dbname", "fallback_application_name",
        "gssdelegation", "gssencmode", "gsslib", "host", "hostaddr", "keepalives", "keepalives_count",
        "keepalives_idle", "keepalives_interval", "krbsrvname", "load_balance_hosts", "max_protocol_version",
        "min_protocol_version",
        "options", "passfile", "port", "require_auth", "requirepeer", "service", "ssl", "ssl_max_protocol_version",
        "ssl_min_protocol_version", "sslcert", "sslcertmode", "sslcompression", "sslcrl", "sslcrldir", "sslkey",
        "sslmode", "sslnegotiation", "sslrootcert", "sslsni", "target_session_attrs", "tcp_user_timeout", "user",
    ]
}
