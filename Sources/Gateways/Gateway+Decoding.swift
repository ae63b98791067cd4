import LosslessJSON
package import Payments

extension Gateway {
    /// What a body says that has just been proved.
    package func decode(_ authentic: Authentic) throws(DecodingFailure) -> Report {
        try Self.report(of: authentic.document)
    }

    /// What a body says that was proved when it came, and has been kept since: the proof is not made again, for its key may be
    /// gone.
    ///
    /// Only for what the ledger keeps as proved: a row of `callback`, or a row of `poll` whose outcome tells of a report.
    /// Whatever comes from outside, and whatever was refused, goes through `authenticate`.
    package static func decode(provenBefore body: [UInt8]) throws(DecodingFailure) -> Report {
        let document: Document?
        do {
            document = try Document(body, allowing: .whereBytesAreProved)
        } catch {
            document = nil
        }
        return try report(of: document)
    }

    /// The verdict on a callback, once it was read. Where the proof covers scalars alone, a member that had to be left out may
    /// have been another when it was signed.
    package func verdict(on authentic: Authentic, saying report: Report) -> Verdict {
        switch Self.coverage {
        case .bytes: authentic.verdict
        case .scalars: report.leftOut.isEmpty ? authentic.verdict : .ambiguous
        }
    }

    private static func report(of document: Document?) throws(DecodingFailure) -> Report {
        let omissions = Omissions()
        let body = try ObjectReader(proven: document, covering: coverage, omissions: omissions)
        do throws(DecodingFailure) {
            var report = try decode(body)
            if let unstorable = omissions.unstorable { throw unstorable }
            report.leftOut = omissions.paths
            return report
        } catch {
            var undecodable = error
            undecodable.mention = readableMention(in: body)
            throw undecodable
        }
    }

    /// nil too where what names the payment is itself what cannot be read.
    private static func readableMention(in body: ObjectReader) -> Mention? {
        do throws(DecodingFailure) {
            return try mention(in: body)
        } catch {
            return nil
        }
    }
}

extension Document.Leniency {
    /// For bodies whose very bytes are proved, by their signature or by the connection over which they came.
    static let whereBytesAreProved: Document.Leniency = [.byteOrderMark, .repeatedKeys]
}
