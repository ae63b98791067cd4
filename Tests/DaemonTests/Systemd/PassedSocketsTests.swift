import Daemon
import Glibc
import NIOCore
import Testing

struct PassedSocketsTests {
    @Test(arguments: [
        (nil, ["unknown", "unknown"]), ("callbacks:callbacks", ["callbacks", "callbacks"]),
        ("paystate.socket:local.socket", ["paystate.socket", "local.socket"]), (":", ["", ""]),
    ])
    func `sockets for callbacks are taken in their order`(names: String?, expected: [String]) throws {
        let sockets = [try ListeningSocket.v4(), try ListeningSocket.unix()]
        let passed = try PassedSockets.passing(sockets.map(\.descriptor), names: names).forCallbacks()
        #expect(passed.map(\.name) == expected)
        #expect(passed.map { $0.descriptor - (passed.first?.descriptor ?? 0) } == [0, 1])
        for socket in passed {
            #expect(fcntl(socket.descriptor, F_GETFD) & FD_CLOEXEC != 0)
            close(socket.descriptor)
        }
    }

    @Test func `what is not for callbacks is never left alone`() throws {
        let sockets = [try ListeningSocket.v4(), try ListeningSocket.v4()]
        func refusal(_ names: String) -> SocketActivationError? {
            let passed = PassedSockets.passing(sockets.map(\.descriptor), names: names)
            return #expect(throws: SocketActivationError.self) { try passed.forCallbacks() }
        }
        guard case .adminIsPassed(let admin) = refusal("callbacks:admin") else { throw Unexpected() }
        #expect(admin.name == "admin")
        guard case .nobodyWants(let other) = refusal("callbacks:other") else { throw Unexpected() }
        #expect("\(SocketActivationError.nobodyWants(other))".contains("`other`"))
        #expect(refusal("callbacks") == .miscounted)
        #expect(refusal("a:b:c") == .miscounted)
    }

    @Test(arguments: [
        [:], ["LISTEN_FDS": "1"], ["LISTEN_PID": "1", "LISTEN_FDS": "1"], ["LISTEN_PID": "x", "LISTEN_FDS": "1"],
        ["LISTEN_PID": "\(getpid())"], ["LISTEN_PID": "\(getpid())", "LISTEN_FDS": "0"],
    ])
    func `what was passed to nobody, or to another process, is not taken`(variables: [String: String]) {
        #expect(PassedSockets(variables).isEmpty)
        #expect(throws: SocketActivationError.none) { try PassedSockets(variables).forCallbacks() }
    }

    @Test(arguments: ["-1", "x", "99999999999999999999", "257"])
    func `a number of sockets that is none is refused`(count: String) {
        let variables = ["LISTEN_PID": "\(getpid())", "LISTEN_FDS": count]
        #expect(throws: SocketActivationError.miscounted) { try PassedSockets(variables).forCallbacks() }
    }

    @Test func `what does not listen is refused by name`() throws {
        let bound = try ListeningSocket(at: SocketAddress(ipAddress: "127.0.0.1", port: 0), listens: false)
        let datagram = socket(AF_INET, CInt(SOCK_DGRAM.rawValue), 0)
        let file = open("/dev/null", O_RDONLY)
        defer {
            close(datagram)
            close(file)
        }
        for descriptor in [bound.descriptor, datagram, file, 9999] {
            let variables = ["LISTEN_PID": "\(getpid())", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "it"]
            let error = #expect(throws: SocketActivationError.self) {
                try PassedSockets(variables, first: descriptor).forCallbacks()
            }
            #expect(error.map { "\($0)" }?.contains("descriptor \(descriptor) (`it`)") == true)
        }
    }

    private struct Unexpected: Error {}
}
