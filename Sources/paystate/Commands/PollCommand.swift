import ArgumentParser
import ConfigurationFile
import Daemon
import Foundation
import Ledger
import Narration
import Payments
import Telemetry

/// `paystate poll`
struct PollCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "poll",
        abstract: "Poll the gateway about a payment now.",
        usage: """
            paystate poll [ACCOUNT] ID [--no-wait]
            paystate poll [ACCOUNT] --token TOKEN
            paystate poll [ACCOUNT] --subscription ID
            """,
        discussion: """
            ID is a payment id, your own reference, an operation id (uid), a checkout token or \
            a subscription id. Waits up to 20 seconds for the answer, and shows what the \
            gateway said and which state the payment is in now.

              paystate poll ORDER-17
              paystate poll eu-shop ORDER-17 --no-wait

            Exits with 66 if nothing is known by this name: `paystate watch` it first (a \
            --subscription need not be known). Exits with 69 if the gateway gave no usable \
            answer, or if polling is paused for longer because the gateway is in trouble.
            """
    )

    @OptionGroup var name: NameOptions

    @Option(help: "eComCharge: a subscription, by its id.")
    var subscription: String?

    @Flag(inversion: .prefixedNo, help: "Wait for the gateway's answer, or return at once.")
    var wait = true

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Print JSON, for programs.")
    var json = false

    func validate() throws {
        _ = try named()
    }

    func run() async throws {
        let configuration = try options.loadPublic()
        let request = try request(configuration)
        let location = LedgerLocation(configuration.database)
        let ledger = wait ? try? LedgerReader(at: location) : nil  // Unreadable: do not wait.
        let before = try ledger?.lastPoll() ?? 0
        let (answer, asksGateways) = try await InstructionTarget.with(configuration) { target in
            (try await target.follow(request), target.isDaemon)
        }
        guard let ledger, asksGateways, let entity = Entity(kind: answer.entity, id: answer.entityID) else {
            print(json ? try JSONText.of(answer) : Self.promise(answer, asksGateways))
            if wait, asksGateways {
                printError("\(configuration.database) cannot be read, so this does not wait for the answer")
            }
            return
        }
        let thing = EntityName(account: answer.account, entity: entity)
        let poll = try await Self.wait(for: thing, after: before, in: ledger)
        try tell(poll, answer, try ledger.histories(named: answer.entityID, account: answer.account))
    }

    private func named() throws -> (account: String?, name: InstructionRequest.Name) {
        try name.named(subscription.map { .subscriptionID($0) })
    }

    // MARK: The request

    /// An argument without an option may be any known name; an unknown one is taken for a payment's.
    private func request(_ configuration: Configuration.PublicConfiguration) throws -> InstructionRequest {
        let (account, typed) = try named()
        let found = configuration.entities(named: typed.id, account: account)
        let entities = found ?? []
        if found?.isEmpty ?? false, isUnclear(account, configuration), typed.key != .subscriptionID,
            !configuration.accounts.contains(where: { $0.name == typed.id })
        {
            let name = Terminal.harmless(typed.id)
            printError("nothing is known about «\(name)» at any account: `paystate watch` it first")
            throw SysExit.noInput
        }
        let place = try configuration.account(account, orWhereKnown: entities, id: typed.id)
        let here = entities.filter { $0.account == place }
        guard typed.key == .paymentID, let thing = here.first else {
            return try InstructionRequest.typed(.poll, ["account": place, typed.key.rawValue: typed.id])
        }
        guard here.count == 1 else {
            printError("«\(Terminal.harmless(typed.id))» names several things at \(place). Use one of:")
            for thing in here { printError("  paystate poll \(place) \(Terminal.harmless(thing.entity.id))") }
            throw SysExit.usage
        }
        return InstructionRequest(account: place, name: InstructionRequest.Name(thing.entity), command: .poll)
    }

    private func isUnclear(_ account: String?, _ configuration: Configuration.PublicConfiguration) -> Bool {
        account == nil && configuration.accounts.count > 1
    }

    // MARK: The answer

    private static let timeout = Duration.seconds(20)

    /// The poll that was made, once it has been answered; `nil` if that takes too long.
    ///
    /// While the gateway is failing, the daemon goes on polling, but this does not wait for a poll after a pause that
    /// outlasts the timeout.
    private static func wait(for thing: EntityName, after number: Int64, in ledger: LedgerReader) async throws
        -> ViewRow?
    {
        let clock = ContinuousClock()
        let end = clock.now + timeout
        let lastMoment = Timestamp.now() + timeout
        var last: ViewRow?
        repeat {
            if let poll = try ledger.poll(about: thing, after: last?.number("id") ?? number) {
                last = poll
                guard PollOutcome(rawValue: poll.text("outcome"))?.isTrouble ?? false else { return poll }
            }
            if let pause = try ledger.pause(of: thing.account), pause.until > lastMoment { return last }
            try await clock.sleep(for: .milliseconds(100))
        } while clock.now < end
        return last
    }

    private func tell(_ poll: ViewRow?, _ answer: InstructionAnswer, _ histories: [History]) throws {
        if json {
            print(try JSONText.of(answer, poll: poll, histories.first))
        } else if let poll, let history = histories.first {
            let story = Story(history, now: .now())
            print(story.text(of: "poll:\(poll.text("id"))", width: Terminal.width, colours: Terminal.showsColours))
        }
        guard let poll else {
            let now = Timestamp.now()
            if let pause = histories.first?.pause, pause.until > now {
                printError("\(pause.words(on: now.day)); the poll is sent then (\(answer.evidenceID))")
                throw SysExit.unavailable
            }
            printError("the gateway has not answered yet; polling continues (\(answer.evidenceID))")
            throw SysExit.unavailable
        }
        guard PollOutcome(rawValue: poll.text("outcome"))?.isAnswer ?? false else { throw SysExit.unavailable }
    }

    private static func promise(_ answer: InstructionAnswer, _ asksGateways: Bool) -> String {
        let when = asksGateways ? "at once" : "when a daemon is started, because none is running"
        let name = Terminal.harmless(answer.entityID)
        return "The gateway is polled about \(name) at \(answer.account) \(when) (\(answer.evidenceID))."
    }
}

extension InstructionRequest.Name {
    fileprivate init(_ entity: Entity) {
        self =
            switch entity {
            case .payment(let id), .operation(let id): .paymentID(id)
            case .checkout(let token): .token(token)
            case .subscription(let id): .subscriptionID(id)
            }
    }
}

extension PollOutcome {
    /// Whether the gateway reported on the entity, even if only that it does not know it.
    fileprivate var isAnswer: Bool {
        switch self {
        case .applied, .unchanged, .late, .unrecognised, .notFound: true
        case .unauthorized, .rateLimited, .unavailable, .undecodable, .foreign: false
        }
    }
}
