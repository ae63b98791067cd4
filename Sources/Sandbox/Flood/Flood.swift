import NIOCore
import NIOPosix

/// Load: callbacks that are written out beforehand, sent over so many connections that are kept, one request at a time on each.
///
/// It is made to cost little beside the server that it measures: one event loop, requests written out before the clock starts,
/// and answers read no further than their end.
package struct Flood: Sendable {
    package var target: FloodTarget
    /// What is sent: the bodies of these numbers, each once.
    package var body: @Sendable (Int) throws -> [UInt8]
    package var numbers: Range<Int>
    /// At least one.
    package var connections = 64
    package var duration = Duration.seconds(10)
    /// What comes before the measured time, and is not counted.
    package var warmUp = Duration.seconds(1)
    /// How long a connection may take to open, and an answer to come.
    package var timeout = Duration.seconds(5)
    /// On each connection, from an answer to the next request.
    package var pause = Duration.zero
    /// The address of this machine that it comes from; nil: any.
    package var source: String?

    /// Distinct callbacks, which are signed.
    package init(of series: CallbackSeries, numbers: Range<Int>, to target: FloodTarget) {
        self.init(numbers: numbers, to: target) { try series.body($0) }
    }

    package init(numbers: Range<Int>, to target: FloodTarget, body: @escaping @Sendable (Int) throws -> [UInt8]) {
        self.target = target
        self.body = body
        self.numbers = numbers
    }

    /// Finds out whether anybody listens, for to sign takes a while.
    package func knock() async throws(FloodError) {
        let address = try address()
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(TimeAmount(timeout))
                .connect(to: address).get()
            try await channel.close()
        } catch ChannelError.alreadyClosed {
            return  // It was opened, and that was to be known.
        } catch {
            throw .unreachable(target, error)
        }
    }

    /// Signs, connects, warms up and measures. A cancelled flood ends with the figures so far.
    ///
    /// - Throws: ``FloodError``; a cancellation while there is nothing to tell.
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
