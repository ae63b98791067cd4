import LosslessJSON
package import Payments

extension Gateway {
    /// What a body says that has just been proved.
    package func decode(_ authentic: Authentic) throws(Undecodable) -> Report {
        try Self.decode(Fields(of: authentic))
    }

    /// What a body says that was proved when it came, and has been kept since: the proof is not made again, for its key may be
    /// gone.
    ///
    /// Only for what the ledger keeps as proved: a row of `callback`, or a row of `poll` whose outcome tells of a report.
    /// Whatever comes from outside, and whatever was refused, goes through `authenticate`.
    package static func decode(provenBefore body: [UInt8]) throws(Undecodable) -> Report {
        let document: Document?
        do {
            document = try Document(body)
        } catch {
            document = nil
        }
        return try decode(Fields(proven: document))
    }
}
