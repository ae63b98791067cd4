import Daemon
import Foundation
import Testing

@testable import paystate

/// The output of `paystate prune`.
@Suite struct PruneTests {
    private static let one = """
        1 body was emptied (9 bytes); its digest, verdict and transitions stay. 2 old bodies are still needed.
        Deleted 1 old rejected request.
        """
    private static let many = """
        3 bodies were emptied (9 bytes); digests, verdicts and transitions stay.
        Deleted 2 old rejected requests.
        """

    @Test(
        arguments: [
            (0, 0, 0, "There is nothing to empty: no stored body is old enough."),
            (0, 1, 0, "Nothing was emptied. 1 old body is still needed."),
            (1, 2, 1, one),
            (3, 0, 2, many),
        ] as [(Int, Int, Int, String)]
    )
    func `what was emptied is counted`(_ bodies: Int, _ needed: Int, _ rejected: Int, _ text: String) throws {
        let json = #"{"bodies": \#(bodies), "bytes": 9, "needed": \#(needed), "rejected": \#(rejected)}"#
        let answer = try JSONDecoder().decode(PruningAnswer.self, from: Data(json.utf8))
        #expect(PruneCommand.text(answer) == text)
    }
}
