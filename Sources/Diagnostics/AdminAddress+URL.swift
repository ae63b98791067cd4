import AsyncHTTPClient
import ConfigurationFile
import Foundation

extension AdminAddress {
    /// The URL of a path at the daemon that has this address.
    func url(of path: String) -> String {
        switch self {
        case .loopback(let address): "http://\(address)\(path)"
        case .socket(let file): URL(httpURLWithSocketPath: file, uri: path)?.absoluteString ?? ""
        }
    }
}
