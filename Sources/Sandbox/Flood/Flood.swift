import Foundation
import Glibc
import NIOCore
import NIOPosix

/// A load test: callbacks are built beforehand and sent over a number of persistent connections, one request at a time
/// on each.
///
/// It is designed to cost little compared to the server that it measures: one event loop, requests built before the
/// clock starts, and responses read only for their end.
package struct Flood: Sendable {
    package var target: FloodTarget
    /// What to send: the bodies of these numbers, each once.
    package var body: @Sendable (Int) throws -> [UInt8]
    package var numbers: Range<Int>
    /// At least one.
    package var connections = 64
    package var duration = Duration.seconds(10)
    /// The time before the measurement, which is not counted.
    package var warmUp = Duration.seconds(1)
    /// The timeout for opening a connection, and for a response.
    package var timeout = Duration.seconds(5)
    /// On each connection, the pause from a response to the next request.
    package var pause = Duration.zero
    /// The local address that connections come from; nil for any.
    package var source: String?

    /// A flood of distinct callbacks, which are signed.
    package init(of series: CallbackSeries, numbers: Range<Int>, to target: FloodTarget) {
        self.init(numbers: numbers, to: target) { try series.body($0) }
    }

    package init(numbers: Range<Int>, to target: FloodTarget, body: @escaping @Sendable (Int) throws -> [UInt8]) {
        self.target = target
        self.body = body
        self.numbers = numbers
    }

    /// Checks that a server is listening, before the requests are signed, which takes a while.
    package func knock() async throws(FloodError) {
        let address = try address()
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(TimeAmount(timeout))
                .connect(to: address).get()
            try await channel.close()
        } catch ChannelError.alreadyClosed {
            return  // It was opened, which is all that was to be checked.
        } catch {
            throw .unreachable(target, error)
        }
    }

    /// Signs, connects, warms up and measures. A cancelled flood ends with the figures so far.
    ///
    /// - Throws: ``FloodError``; a `CancellationError` while there is nothing to report.
    package func run() async throws -> FloodReport {
        precondition(connections > 0, "a flood needs a connection")
        let requests = try await FloodRequests(of: body, numbers: numbers, to: target)
        let address = try address()
        let source = try source.map { try SocketAddress(ipAddress: $0, port: 0) }
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let finished = loop.makePromise(of: FloodReport.self)
        let course = try await loop.submit {
            NIOLoopBound(
                FloodRun(of: self, requests, from: source, to: address, on: loop, finished),
                eventLoop: loop
            )
        }.get()
        return try await withTaskCancellationHandler {
            loop.execute { course.value.start() }
            return try await finished.futureResult.get()
        } onCancel: {
            loop.execute { course.value.end(.interrupted) }
        }
    }

    private func address() throws(FloodError) -> SocketAddress {
        do {
            return try SocketAddress.makeAddressResolvingHost(target.host, port: target.port)
        } catch {
            throw .unreachable(target, error)
        }
    }
}

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

/// Why a flood has no figures; each error says what to check.
package enum FloodError: Error, Equatable, CustomStringConvertible {
    /// The connections could not be opened.
    case unreachable(server: String, reason: String)
    /// The server answered no request, or went away.
    case silent(server: String, waited: Duration, acknowledged: Int)

    package var description: String {
        switch self {
        case .unreachable(let server, let reason):
            "cannot open the connections to \(server) (\(reason)): check that it is running, and how many it accepts"
        case .silent(let server, let waited, let acknowledged):
            """
            \(server) did not answer for \(waited), after \(acknowledged) acknowledgements: see what it is waiting \
            for, or whether it is still running
            """
        }
    }
}

extension FloodError {
    /// The error for a connection that could not be opened, with the system's reason.
    static func unreachable(_ target: FloodTarget, _ error: any Error) -> FloodError {
        let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) }
        return .unreachable(server: target.authority, reason: reason ?? "\(error)")
    }
}
