import ArgumentParser
import Sandbox

/// The probabilities of each kind of misbehaviour of the sandbox's gateways.
struct MisbehaviourOptions: ParsableArguments {
    @Option(help: "Callbacks that are never sent, of those that polling can make up for.")
    var lose = 0.0

    @Flag(help: "Also lose what no poll can find, such as the first callback of a refund at eComCharge.")
    var losesForGood = false

    @Option(help: "Callbacks that are sent twice.")
    var duplicate = 0.0

    @Option(help: "Callbacks that are held back until later ones have overtaken them.")
    var reorder = 0.0

    @Option(help: "Callbacks that are sent again minutes later.")
    var late = 0.0

    @Option(help: "Successes that are revoked without being marked as corrections.")
    var changeMind = 0.0

    @Option(help: "ecommpay payments whose signatures do not prove their structure.")
    var ambiguous = 0.0

    @Option(help: "eComCharge payments whose full captures, voids, refunds and chargebacks name no amount.")
    var omitAmounts = 0.0

    @Option(help: "Polls that are answered with status 429.")
    var rateLimit = 0.0

    @Option(help: "Polls that are answered with status 500.")
    var fail = 0.0

    @Option(help: "Polls that are answered with garbage.")
    var rubbish = 0.0

    @Option(help: "Polls that are answered after three seconds.")
    var slow = 0.0

    @Option(help: "Polls of ecommpay that are answered without a signature.")
    var unsigned = 0.0

    @Option(help: "Polls that are answered about another payment.")
    var foreign = 0.0

    func validate() throws {
        for (name, path) in Misbehaviour.probabilities where !(0...1).contains(chosen[keyPath: path]) {
            throw ValidationError("--\(name.replacing("_", with: "-")) takes a number from 0 to 1")
        }
    }

    var chosen: Misbehaviour {
        var misbehaviour = Misbehaviour()
        misbehaviour.lose = lose
        misbehaviour.losesForGood = losesForGood
        misbehaviour.duplicate = duplicate
        misbehaviour.reorder = reorder
        misbehaviour.late = late
        misbehaviour.changeMind = changeMind
        misbehaviour.ambiguous = ambiguous
        misbehaviour.omitAmounts = omitAmounts
        misbehaviour.rateLimit = rateLimit
        misbehaviour.fail = fail
        misbehaviour.rubbish = rubbish
        misbehaviour.slow = slow
        misbehaviour.unsigned = unsigned
        misbehaviour.foreign = foreign
        return misbehaviour
    }
}
