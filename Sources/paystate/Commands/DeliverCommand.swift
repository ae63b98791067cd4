import ArgumentParser
import Daemon
import Ledger
import Narration
import Telemetry

/// `paystate deliver`
struct DeliverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliver",
        abstract: "Deliver to your programs again, or give up.",
        usage: """
            paystate deliver [--target NAME] [--account NAME] [--drop]
            paystate deliver --payment ID [--target NAME] [--account NAME] [--drop]
            paystate deliver --callback N [--target NAME] [--drop]
            paystate deliver --from-seq N [--target NAME]
            """,
        discussion: """
            What a target (`forward` or `notify` in the configuration) did not take is delivered \
            again by itself until it is given up. This delivers now: everything that waits or \
            was given up, or what you select.

              paystate deliver
              paystate deliver --target shop
              paystate deliver --payment ORDER-17
              paystate deliver --target app --from-seq 1200
              paystate deliver --target shop --drop

            With --payment, all callbacks of the payment go again in their order, also those \
            that were delivered; with --callback, that one. With --from-seq, a notify target \
            is told of everything from that number in `transitions` on. With --drop, what waits \
            is given up instead; of a notify target, the one event that is next is skipped.

            Exits with 66 if there is no such target, payment or callback, and with 64 if the \
            target is not of the right kind.
            """
    )

    @Option(help: "Only this target, by its name (default: all that fit).")
    var target: String?

    @Option(help: "All callbacks of this payment, by its id.")
    var payment: String?

    @Option(help: "This callback, by its number in the view `callbacks`.")
    var callback: Int64?

    @Option(help: "Everything from this number in the view `transitions` on.")
    var fromSeq: Int64?

    @Option(help: "Only this account, where a name is known at several.")
    var account: String?

    @Flag(help: "Give up instead of delivering.")
    var drop = false

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Print JSON, for programs.")
    var json = false

    func run() async throws {
        let request = try typed()
        let configuration = try options.loadPublic()
        let (answer, isDaemon) = try await InstructionTarget.with(configuration) { target in
            (try await target.deliver(request), target.isDaemon)
        }
        print(json ? try JSONText.of(answer) : Self.text(answer, to: request.order, isDaemon: isDaemon))
    }

    private func typed() throws -> DeliveryRequest {
        var fields: [String: InstructionRequest.Field] = ["drop": .flag(drop)]
        fields["target"] = target.map { .text($0) }
        fields["account"] = account.map { .text($0) }
        fields["payment_id"] = payment.map { .text($0) }
        fields["callback"] = callback.map { .number("\($0)") }
        fields["from_seq"] = fromSeq.map { .number("\($0)") }
        do {
            return try DeliveryRequest(fields)
        } catch {
            printError("\(error)")
            throw SysExit.usage
        }
    }

    // MARK: The answer

    /// What was ordered, a sentence for the callbacks and one for the events.
    static func text(_ answer: DeliveryAnswer, to order: DeliveryOrder, isDaemon: Bool) -> String {
        let (forward, notify) = (names(.forward, in: answer), names(.notify, in: answer))
        let when = isDaemon ? "now" : "when a daemon is started, because none is running"
        var sentences: [String] = []
        if answer.forwards > 0 {
            sentences.append(callbacks(answer, for: forward ?? "its target", when))
        } else if let forward {
            sentences.append(nothing(answer, for: " for \(forward)"))
        }
        if let notify { sentences.append(events(order, for: notify, when)) }
        return sentences.isEmpty ? nothing(answer, for: "") : sentences.joined(separator: "\n")
    }

    private static func callbacks(_ answer: DeliveryAnswer, for targets: String, _ when: String) -> String {
        let count = Approximate.count(answer.forwards, "callback")
        let isOne = answer.forwards == 1
        guard answer.dropped else { return "\(count) \(isOne ? "is" : "are") sent again to \(targets) \(when)." }
        return """
            \(count) for \(targets) \(isOne ? "is given up: it is" : "are given up: they are") not sent any more. \
            `paystate deliver` sends \(isOne ? "it" : "them") after all.
            """
    }

    private static func events(_ order: DeliveryOrder, for targets: String, _ when: String) -> String {
        guard !order.drops else {
            return "The event that was next for \(targets) is skipped; what follows is sent \(when)."
        }
        return switch order.selection {
        case .fromSeq(let seq): "Everything from event \(seq) on is sent to \(targets) \(when)."
        case .undelivered, .payment, .callback: "What \(targets) has not been told of is sent \(when)."
        }
    }

    private static func nothing(_ answer: DeliveryAnswer, for targets: String) -> String {
        answer.dropped ? "Nothing waits\(targets)." : "Nothing waits\(targets), and nothing was given up."
    }

    /// The names of the targets of a kind, without the kind's word; `nil` if there are none.
    private static func names(_ kind: DeliveryTarget.Kind, in answer: DeliveryAnswer) -> String? {
        let word = "\(kind.rawValue) "
        let names = answer.targets.filter { $0.hasPrefix(word) }
            .map { Terminal.harmless(String($0.dropFirst(word.count))) }
        return names.isEmpty ? nil : names.joined(separator: ", ")
    }
}

extension InstructionTarget {
    fileprivate func deliver(_ request: DeliveryRequest) async throws(InstructionFailure) -> DeliveryAnswer {
        switch self {
        case .daemon(let client): return try await client.deliver(request)
        case .ledger(let ledger, _):
            do {
                return try await ledger.deliver(request, at: .now())
            } catch {
                throw InstructionFailure(error)
            }
        }
    }
}
