import Foundation

/// The target of a flood: one path on one server that speaks plain HTTP.
package struct FloodTarget: Sendable, Hashable {
    /// Without the brackets of an IPv6 address.
    package let host: String
    package let port: Int
    package let path: String

    package init(host: String, port: Int, path: String) {
        self.host = host
        self.port = port
        self.path = path
    }

    /// The value of the `Host` header.
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension FloodTarget {
    /// Parses `http://host[:port]/path`; `nil` for anything else, including credentials and fragments.
    package init?(url: String) {
        guard let parts = URLComponents(string: url), parts.scheme?.lowercased() == "http",
            let name = parts.encodedHost, !name.isEmpty,
            parts.user == nil, parts.password == nil, parts.fragment == nil
        else { return nil }
        let port = parts.port ?? 80
        guard (1...65_535).contains(port) else { return nil }
        let path = parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath
        self.init(
            host: name.hasPrefix("[") ? String(name.dropFirst().dropLast()) : name,
            port: port,
            path: path + (parts.percentEncodedQuery.map { "?\($0)" } ?? "")
        )
    }
}
