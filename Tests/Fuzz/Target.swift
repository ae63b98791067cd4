import TestSupport

/// A parser of bytes from outside.
struct Target {
    private static let longest = 8192

    let name: String
    private let seeds: [[UInt8]]
    /// Parses an input and returns whether it was accepted. It throws a ``Fault`` if it was parsed wrongly.
    private let run: @Sendable ([UInt8]) throws(Fault) -> Bool

    init(_ name: String, seeds: [String], run: @escaping @Sendable ([UInt8]) throws(Fault) -> Bool) {
        self.name = name
        self.seeds = seeds.map { Array($0.utf8) }
        self.run = run
    }

    /// Runs on the seeds, and then on their mutations and on inputs accepted before, until the time is over.
    func fuzz(for time: Duration, seed: UInt64) throws(Finding) -> (inputs: Int, accepted: Int) {
        let end = ContinuousClock.now + time
        var chance = SplitMix(seed: seed)
        var corpus = seeds
        var (inputs, accepted) = (0, 0)
        while inputs % 64 != 0 || ContinuousClock.now < end {
            let input = inputs < seeds.count ? seeds[inputs] : mutant(of: corpus, using: &chance)
            inputs += 1
            guard try accepts(input) else { continue }
            accepted += 1
            if corpus.count < 500 {
                corpus.append(input)
            } else {
                corpus[Int.random(in: corpus.indices, using: &chance)] = input
            }
        }
        return (inputs, accepted)
    }

    private func mutant(of corpus: [[UInt8]], using chance: inout some RandomNumberGenerator) -> [UInt8] {
        // Half of the time from a seed: accepted inputs tend to become small.
        let origins = Bool.random(using: &chance) ? seeds : corpus
        var input = origins[Int.random(in: origins.indices, using: &chance)]
        repeat {
            let other = corpus[Int.random(in: corpus.indices, using: &chance)]
            let mutation = Mutation.allCases[Int.random(in: Mutation.allCases.indices, using: &chance)]
            mutation.apply(to: &input, other: other, using: &chance)
        } while Bool.random(using: &chance)
        return Array(input.prefix(Self.longest))
    }

    private func accepts(_ input: [UInt8]) throws(Finding) -> Bool {
        do throws(Fault) {
            return try Trap.watching(input) { () throws(Fault) in try run(input) }
        } catch {
            throw Finding(input: input, fault: error)
        }
    }
}

/// How a target parsed an input wrongly.
package struct Fault: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// An input that was parsed wrongly.
struct Finding: Error {
    let input: [UInt8]
    let fault: Fault
}
