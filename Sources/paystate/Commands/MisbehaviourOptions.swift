import ArgumentParser
import Sandbox

/// The probabilities of each kind of misbehaviour of the sandbox's gateways.
struct MisbehaviourOptions: ParsableArguments {
    @Option(help: "Callbacks that are never sent, of those that polling can make up for.")
    var lose = Share.none

    @Flag(help: "Also lose what no poll can find, such as the first callback of a refund at eComCharge.")
    var losesForGood = false

    @Option(help: "Callbacks that are sent twice.")
    var duplicate = Share.none

    @Option(help: "Callbacks that are held back until later ones have overtaken them.")
    var reorder = Share.none

    @Option(help: "Callbacks that are sent again minutes later.")
    var late = Share.none

    @Option(help: "Successes that are revoked without being marked as corrections.")
    var changeMind = Share.none

    @Option(help: "ecommpay payments whose signatures do not prove their structure.")
    var ambiguous = Share.none

    @Option(help: "eComCharge payments whose full captures, voids, refunds and chargebacks name no amount.")
    var omitAmounts = Share.none

    @Option(help: "Polls that are answered with status 429.")
    var rateLimit = Share.none

    @Option(help: "Polls that are answered with status 500.")
    var fail = Share.none

    @Option(help: "Polls that are answered with garbage.")
    var rubbish = Share.none

    @Option(help: "Polls that are answered after three seconds.")
    var slow = Share.none

    @Option(help: "Polls of ecommpay that are answered without a signature.")
    var unsigned = Share.none

    @Option(help: "Polls that are answered about another payment.")
    var foreign = Share.none

    var chosen: Misbehaviour {
        var misbehaviour = Misbehaviour()
        misbehaviour.lose = lose.value
        misbehaviour.losesForGood = losesForGood
        misbehaviour.duplicate = duplicate.value
        misbehaviour.reorder = reorder.value
        misbehaviour.late = late.value
        misbehaviour.changeMind = changeMind.value
        misbehaviour.ambiguous = ambiguous.value
        misbehaviour.omitAmounts = omitAmounts.value
        misbehaviour.rateLimit = rateLimit.value
        misbehaviour.fail = fail.value
        misbehaviour.rubbish = rubbish.value
        misbehaviour.slow = slow.value
        misbehaviour.unsigned = unsigned.value
        misbehaviour.foreign = foreign.value
        return misbehaviour
    }
}
