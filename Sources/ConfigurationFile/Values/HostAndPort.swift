/// A host, by name or address, and a TCP port. Port 0 stands for any free one.
package struct HostAndPort: Sendable, Hashable, CustomStringConvertible {
    /// Without the brackets of an IPv6 address.
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// Whether only this machine can reach it.
    package var isLoopback: Bool {
        host == "localhost" || IPAddress(host)?.isLoopback == true
    }

    /// Whether a connection to it reaches this listener, as far as that can be told without resolving a name.
    func reaches(_ listener: HostAndPort) -> Bool {
        guard port == listener.port else { return false }
        guard host != listener.host else { return true }
        // On the unspecified address it listens on every address of this machine, and so on those of loopback.
        return !addresses.isDisjoint(with: listener.addresses)
            || isLoopback && listener.addresses.contains(where: \.isUnspecified)
    }

    private var addresses: Set<IPAddress> {
        Set((host == "localhost" ? ["127.0.0.1", "::1"] : [host]).compactMap { IPAddress($0) })
    }
}

extension HostAndPort {
    /// Parses `host:port` or `[v6]:port`.
    package init(_ text: String, portUnlessGiven: Int? = nil) throws(InvalidValue) {
        let refusal = InvalidValue(
            explanation: "\(shown(text)) is not host:port or [v6]:port: write, say, 127.0.0.1:8080 or [::1]:8080"
        )
        let end = text.hasPrefix("[") ? text.firstIndex(of: "]").map(text.index(after:)) : text.lastIndex(of: ":")
        let hostPart = text[..<(end ?? text.endIndex)]
        let portPart = text[hostPart.endIndex...]
        guard let port = portPart.isEmpty ? portUnlessGiven : Self.port(portPart) else { throw refusal }
        if hostPart.hasPrefix("[") {
            host = String(hostPart.dropFirst().dropLast())
            guard hostPart.hasSuffix("]"), host.contains(":"), IPAddress(host) != nil else { throw refusal }
        } else {
            host = String(hostPart)
            guard IPAddress(host) != nil || Self.isName(host), !host.contains(":") else { throw refusal }
        }
        self.port = port
    }

    private static func port(_ text: Substring) -> Int? {
        let digits = text.dropFirst()
        guard text.hasPrefix(":"), digits.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            let port = UInt16(digits)
        else { return nil }
        return Int(port)
    }

    /// A name of RFC 1123 whose last label is not a number, which would make it a misspelt address.
    private static func isName(_ host: String) -> Bool {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard host.utf8.count <= 253, let last = labels.last, !last.allSatisfy(\.isNumber) else { return false }
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        }
    }
}
