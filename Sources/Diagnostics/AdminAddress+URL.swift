import AsyncHTTPClient
import ConfigurationFile
import Foundation

extension AdminAddress {
    /// Where the daemon that has this address serves a path.
    func url(of path: String) -> String {
        switch self {
        case .loopback(let address): "http://\(address)\(path)"
        case .socket(let file): URL(httpURLWithSocketPath: file, uri: path)?.absoluteString ?? ""
        }
    }
}
