/// Where the admin listener is: only ever on this machine, because it authenticates nobody.
package enum AdminAddress: Sendable, Hashable, CustomStringConvertible {
    /// A Unix socket's absolute path.
    case socket(path: String)
    case loopback(HostAndPort)

    package var isSocket: Bool {
        switch self {
        case .socket: true
        case .loopback: false
        }
    }

    package var description: String {
        switch self {
        case .socket(let path): path
        case .loopback(let address): address.description
        }
    }
}

extension AdminAddress {
    /// `sockaddr_un.sun_path` holds 108 bytes with the NUL that ends it.
    private static let pathLimit = 107

    init(_ text: String) throws(InvalidValue) {
        guard text.hasPrefix("/") else {
            let address = try? HostAndPort(text)
            guard let address, address.isLoopback else {
                throw InvalidValue(
                    explanation: """
                        \(shown(text)) is not allowed, because everyone who reaches it is obeyed: write the absolute \
                        /path of a Unix socket, or a loopback address such as 127.0.0.1:9090
                        """
                )
            }
            self = .loopback(address)
            return
        }
        guard text.utf8.count <= Self.pathLimit, !text.hasSuffix("/") else {
            throw InvalidValue(
                explanation: "\(shown(text)) cannot be a socket: write a path of at most 107 bytes, not ending in /"
            )
        }
        self = .socket(path: text)
    }
}
