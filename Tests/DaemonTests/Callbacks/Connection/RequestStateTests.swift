import ConfigurationFile
import HTTPTypes
import NIOCore
import NIOHTTPTypes
import Testing

@testable import Daemon

/// What a connection does with each thing that may happen, in each state that it may be in: without any socket.
@Suite struct RequestStateTests {
    private struct Rules: RequestRules {
        var validator = HeadValidator(accounts: ["shop"], bodyLimit: 100)
        var limits = ConnectionLimits(requestTime: .seconds(10))
        var bodyLimits = Configuration.Limits()
    }

    private struct NotAnswered: Error {}

    private typealias State = RequestState<Rules>

    private let start = NIODeadline.now()
    private let memory = BodyMemoryBudget()
    private var state: State

    init() {
        state = Self.state(memory, start)
    }

    private static func state(_ memory: BodyMemoryBudget, _ start: NIODeadline) -> State {
        State(bodyMemory: memory, at: start) { Rules() }
    }

    // MARK: Steps

    private static func head(
        _ method: HTTPRequest.Method = .post,
        _ path: String = "/callbacks/shop",
        _ fields: HTTPFields = [:]
    ) -> HTTPRequestPart {
        .head(HTTPRequest(method: method, scheme: "http", authority: "a", path: path, headerFields: fields))
    }

    private static func bytes(_ count: Int = 10) -> ByteBuffer { ByteBuffer(repeating: 0x61, count: count) }

    private func time(_ seconds: Int64) -> NIODeadline { start + .seconds(seconds) }

    /// Takes the connection to a state by what happens on a wire.
    private mutating func reach(_ name: String) {
        guard name != "fresh" else { return }
        state.bytesArrived(Self.bytes(), at: start)
        guard name != "arriving" else { return }
        let refused = name == "refusing"
        _ = state.received(refused ? Self.head(.get) : Self.head(), at: start)
        guard !refused, name != "receiving" else { return }
        _ = state.received(.body(Self.bytes()), at: start)
        _ = state.received(.end(nil), at: start)
        guard name != "answering" else { return }
        _ = state.answered(.acknowledged, at: start)
        guard name != "waiting" else { return }
        _ = state.tick(at: time(61))
    }

    /// An action as a word, with the status of a reply and whether the connection ends with it.
    private func word(_ action: State.Action) -> String {
        switch action {
        case .none: "nothing"
        case .sendContinue: "continue"
        case .pass(_, let account, let body, _): "pass \(account) \(body.readableBytes)"
        case .reply(let reply): "\(reply.response.status.code)\(reply.closes ? " and close" : "")"
        case .linger: "linger"
        case .close: "close"
        case .wait: "wait"
        }
    }

    // MARK: Tables

    @Test(arguments: [
        ("fresh", "close"), ("arriving", "408 and close"), ("receiving", "408 and close"),
        ("refusing", "408 and close"), ("answering", "nothing"), ("waiting", "linger"), ("closing", "close"),
    ])
    mutating func `when the time is over`(_ name: String, _ action: String) {
        reach(name)
        #expect(word(state.tick(at: time(200))) == action)
    }

    @Test(arguments: [
        ("fresh", "wait"), ("arriving", "nothing"), ("receiving", "nothing"), ("refusing", "405 and close"),
        ("answering", "nothing"), ("waiting", "wait"), ("closing", "nothing"),
    ])
    mutating func `when the listener stops`(_ name: String, _ action: String) {
        reach(name)
        #expect(word(state.stop(at: start)) == action)
    }

    @Test(arguments: [
        ("fresh", "400 and close"), ("arriving", "400 and close"), ("receiving", "400 and close"),
        ("refusing", "400 and close"), ("answering", "nothing"), ("waiting", "400 and close"), ("closing", "nothing"),
    ])
    mutating func `when what comes cannot be parsed`(_ name: String, _ action: String) {
        reach(name)
        #expect(word(state.parserFailed(isHeadTooLarge: false, at: start)) == action)
    }

    @Test(arguments: [
        ("fresh", "close"), ("arriving", "close"), ("receiving", "close"), ("refusing", "close"),
        ("answering", "later"), ("waiting", "close"), ("closing", "close"),
    ])
    mutating func `when the sender closes its side`(_ name: String, _ end: String) {
        reach(name)
        let word =
            switch state.inputClosed() {
            case .close: "close"
            case .later: "later"
            }
        #expect(word == end)
    }

    private static let heads: [(HTTPRequestPart, String)] = [
        (head(), "nothing"),
        (head(.post, "/callbacks/shop", [.expect: "100-continue"]), "continue"),
        (head(.get), "nothing"),
        (head(.get, "/callbacks/shop", [.contentLength: "3"]), "405 and close"),
        (head(.get, "/callbacks/shop", [.connection: "close"]), "405 and close"),
        (head(.post, "/callbacks/nobody"), "404 and close"),
        (head(.post, "/callbacks/shop", [.contentLength: "101"]), "413 and close"),
    ]

    @Test(arguments: heads.indices)
    mutating func `a head is judged before its body comes`(_ index: Int) {
        state.bytesArrived(Self.bytes(), at: start)
        #expect(word(state.received(Self.heads[index].0, at: start)) == Self.heads[index].1)
    }

    // MARK: Stories

    @Test mutating func `a whole request is passed on, and answered, and the next one may come`() throws {
        reach("receiving")
        #expect(word(state.received(.body(Self.bytes(60)), at: start)) == "nothing")
        #expect(word(state.received(.end(nil), at: start)) == "pass shop 60")
        guard let reply = state.answered(.acknowledged, at: start + .milliseconds(3)) else { throw NotAnswered() }
        #expect(reply.elapsed == .milliseconds(3))
        #expect(!reply.closes && reply.hasBody)
        #expect(state.isWaiting && state.isIdle)
        let again = state.answered(.acknowledged, at: start)
        #expect(again?.response == nil, "it has been answered")
    }

    @Test mutating func `a body that grows beyond the limit is refused at once, and what still comes is dropped`() {
        reach("receiving")
        _ = state.received(.body(Self.bytes(100)), at: start)
        #expect(word(state.received(.body(Self.bytes(1)), at: start)) == "413 and close")
        #expect(word(state.received(.body(Self.bytes(1)), at: start)) == "nothing")
        #expect(word(state.received(.end(nil), at: start)) == "nothing")
    }

    @Test mutating func `what comes while the application is busy waits, and is worked off in order`() throws {
        reach("answering")
        state.bytesArrived(Self.bytes(), at: start)
        for part in [Self.head(), .body(Self.bytes(7)), .end(nil), Self.head(.get), .end(nil)] {
            #expect(word(state.received(part, at: start)) == "nothing")
        }
        guard let reply = state.answered(.acknowledged, at: start) else { throw NotAnswered() }
        #expect(!reply.closes)
        var words: [String] = []
        while let action = state.nextOfBacklog(at: start) { words.append(word(action)) }
        #expect(words == ["nothing", "nothing", "pass shop 7"])
        _ = state.answered(.acknowledged, at: start)
        words = []
        while let action = state.nextOfBacklog(at: start) { words.append(word(action)) }
        #expect(words == ["nothing", "405"])
        #expect(state.isIdle)
    }

    @Test mutating func `with a long backlog reading is held back, until there is room`() {
        reach("answering")
        for _ in 0..<15 { _ = state.received(Self.head(), at: start) }
        var mayRead = state.mayRead()
        #expect(mayRead)
        _ = state.received(Self.head(), at: start)
        mayRead = state.mayRead()
        #expect(!mayRead)
        _ = state.inputClosed()
        _ = state.answered(.acknowledged, at: start)
        let taken = [state.takeRead(), state.takeRead(), state.takeInputEnd(), state.takeInputEnd()]
        #expect(taken == [true, false, true, false])
    }

    @Test mutating func `an answer lets nothing more be read while a long backlog is left`() {
        reach("answering")
        for _ in 0..<20 {
            for part in [Self.head(), .body(Self.bytes(7)), .end(nil)] { _ = state.received(part, at: start) }
        }
        var taken: [Bool] = [state.mayRead()]
        for _ in 0..<20 {
            _ = state.answered(.acknowledged, at: start)
            while state.nextOfBacklog(at: start) != nil {}
            taken.append(state.takeRead())
        }
        #expect(taken.firstIndex(of: true) == 15, "fifteen parts are left then")
        #expect(taken.count { $0 } == 1)
    }

    @Test mutating func `a request under way when the listener stops is answered, and the connection ends with it`()
        throws
    {
        for name in ["receiving", "answering"] {
            state = Self.state(memory, start)
            reach(name)
            _ = state.stop(at: start)
            if name == "receiving" { _ = state.received(.end(nil), at: start) }
            guard let reply = state.answered(.acknowledged, at: start) else { throw NotAnswered() }
            #expect(reply.closes, "\(name)")
        }
    }

    @Test mutating func `a head that does not end is refused by what is long in it`() {
        for (text, status) in [("POST /", "414 and close"), ("POST / HTTP/1.1\r\nX: ", "431 and close")] {
            state = Self.state(memory, start)
            state.bytesArrived(ByteBuffer(string: text + String(repeating: "a", count: 17 << 10)), at: start)
            #expect(word(state.bytesDecoded(at: start)) == status)
        }
    }

    @Test mutating func `memory for bodies is given back with every end that a request may have`() {
        var limits = Configuration.Limits()
        limits.body = 100
        limits.bodies = 1000
        let ends: [(String, (inout State) -> Void)] = [
            (
                "answered",
                { [start] in
                    _ = $0.received(.end(nil), at: start)
                    _ = $0.answered(.acknowledged, at: start)
                }
            ),
            ("too slow", { [start] in _ = $0.tick(at: start + .seconds(20)) }),
            ("not parsed", { [start] in _ = $0.parserFailed(isHeadTooLarge: false, at: start) }),
            ("gone", { _ in }),
        ]
        for (name, end) in ends {
            state = Self.state(memory, start)
            reach("receiving")
            _ = state.received(.body(Self.bytes(90)), at: start)
            _ = state.bytesDecoded(at: start)
            #expect(!memory.acquire(1000, within: limits), "\(name): the body holds some of it")
            end(&state)
            state.end()
            #expect(memory.acquire(1000, within: limits), "\(name)")
            memory.release(1000)
        }
    }
}
