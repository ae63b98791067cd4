import Foundation

/// Feeds damaged input to what reads bytes from outside, and whole histories to ledgers, for a while:
/// `Fuzz [--seconds N] [--seed N] [--target NAME]`.
///
/// Nothing depends on the clock but when it ends, so a run is repeated by its seed. The first input that makes a target trap,
/// or that a target finds to be read wrongly, is printed as hex, of a history its seed; the exit status is 1 then.
@main
enum Fuzz {
    /// What is fuzzed. A new target is one line here, and its seeds.
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
        // Of the whole time the histories have half: they are the larger world.
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
