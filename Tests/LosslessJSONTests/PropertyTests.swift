import LosslessJSON
import TestSupport
import Testing

/// Properties of every document, checked on many random ones, the same ones each time.
@Suite struct PropertyTests {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `what was written is what is read, however it was written`(seed: UInt64) throws {
        var chance = SplitMix(seed: seed)
        for _ in 0..<20 {
            let tree = Tree.random(using: &chance)
            let json = tree.written(using: &chance)
            #expect(try Tree(Document(json).root) == tree)
        }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `a document that was cut short is refused at its end`(seed: UInt64) {
        var chance = SplitMix(seed: seed)
        let json = Tree.randomObject(depth: 2, using: &chance).written(using: &chance)
        for length in 0..<json.count {
            #expect(throws: SyntaxError(offset: length, reason: .unexpectedEnd)) {
                try Document(Array(json[..<length]))
            }
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `damage is refused at a byte of the input, or is another document`(seed: UInt64) throws {
        var chance = SplitMix(seed: seed)
        let json = Tree.randomObject(depth: 2, using: &chance).written(using: &chance)
        for _ in 0..<400 {
            var damaged = json
            for _ in 0..<Int.random(in: 1...3, using: &chance) {
                let place = Int.random(in: 0..<json.count, using: &chance)
                damaged[place] = UInt8.random(in: 0...255, using: &chance)
            }
            do {
                let tree = Tree(try Document(damaged).root)
                #expect(try Tree(Document(tree.written(using: &chance)).root) == tree)
            } catch {
                #expect(0...damaged.count ~= error.offset)
            }
        }
    }
}
