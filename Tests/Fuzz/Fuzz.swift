import Foundation

/// Feeds damaged input to the parsers of outside bytes, and whole histories to ledgers: `Fuzz [--seconds N] [--seed N]
/// [--target NAME]`.
///
/// Only its end depends on the clock, so a run is repeated by its seed. The first input that makes a target trap, or
/// that a target finds to be parsed wrongly, is printed as hex, or as its seed for a history; the exit status is then
/// 1.
@main
enum Fuzz {
    /// The targets. A new target is one line here, and its seeds.
    static func targets() throws -> [Target] {
        let (ecommpay, ecomcharge) = (try GatewayOracle.ecommpay(), try GatewayOracle.ecomcharge())
        return [
            Target("json", seeds: Seeds.json + Seeds.callbacks, run: JSONOracle.accepts),
            Target("ecommpay", seeds: Seeds.unsigned, run: ecommpay.accepts),
            Target("ecomcharge", seeds: Seeds.callbacks, run: ecomcharge.accepts),
        ]
    }

    static func main() async throws {
        let targets = try targets()
        guard let options = Options(CommandLine.arguments.dropFirst(), targets: targets.map(\.name) + [Histories.name])
        else {
            print(
                "usage: Fuzz [--seconds N] [--seed N] [--target \(targets.map { $0.name }.joined(separator: "|"))|\(Histories.name)]"
            )
            exit(EX_USAGE)
        }
        print("seed \(options.seed)")
        Trap.install()
        let chosen = targets.filter { options.target == nil || options.target == $0.name }
        let isWithHistories = options.target == nil || options.target == Histories.name
        // The histories get half of the time: they have more to explore.
        let share = Duration.seconds(options.seconds) / (options.target == nil ? 2 : 1)
        for target in chosen {
            do {
                let count = try target.fuzz(for: share / chosen.count, seed: options.seed)
                print("\(target.name): \(count.inputs) inputs, \(count.accepted) accepted")
            } catch {
                print("\(target.name): \(error.fault)\n\(error.input.map { $0.hexadecimal }.joined())")
                exit(EXIT_FAILURE)
            }
        }
        guard isWithHistories else { return }
        do {
            print("\(Histories.name): \(try await Histories.fuzz(for: share, seed: options.seed)) histories")
        } catch {
            print("\(error)")
            exit(EXIT_FAILURE)
        }
    }
}
