import Foundation
import Glibc
import Synchronization

/// The last port that was handed out. It is below those that the system gives to whoever asks for any: of these another
/// listener or connection may get one before it is used.
private let lastPort = Atomic<Int>(20_000 + Int(getpid()) % 6000)

/// A port of 127.0.0.1 on which nothing listens, and which nobody else in this process is given.
package func unusedPort() throws -> Int {
    for _ in 0..<6000 {
        let port = lastPort.add(1, ordering: .relaxed).newValue
        if isFree(port) { return port }
    }
    throw POSIXError(.EADDRNOTAVAIL)
}

private func isFree(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = loopback(port)
    return withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
}

/// Whether something listens on a port of 127.0.0.1.
package func acceptsConnections(on port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = loopback(port)
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) == 0 }
    }
}

private func loopback(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return address
}
