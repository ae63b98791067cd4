import LosslessJSON
package import Payments

extension Gateway {
    /// Decodes a body that has just been authenticated.
    package func decode(_ authentic: Authentic) throws(DecodingFailure) -> Report {
        try Self.report(of: authentic.document)
    }

    /// Decodes a body that was authenticated when it arrived and has been stored since. It is not authenticated again,
    /// because its key may be gone.
    ///
    /// Only for what the ledger stores as authentic: a row of `callback`, or a row of `poll` whose outcome is that of a
    /// report. Anything that comes from outside, and anything that was rejected, goes through `authenticate`.
    package static func decode(provenBefore body: [UInt8]) throws(DecodingFailure) -> Report {
        let document: Document?
        do {
            document = try Document(body, allowing: .whereBytesAreProved)
        } catch {
            document = nil
        }
        return try report(of: document)
    }

    /// The verdict on a callback after it was decoded. Where the proof covers scalars alone, a member that had to be
    /// left out may have been another one when it was signed.
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

    /// nil also if the member that names the payment cannot be read.
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

extension Card {
    /// A month and a year, which may have two digits, as `2030-01`; nil unless both are given.
    static func expiry(month: String?, year: String?) -> String? {
        guard
            let month = month.flatMap({ Int($0) }), (1...12).contains(month),
            let year = year.flatMap({ Int($0) }), (0...99).contains(year) || (2000...2999).contains(year)
        else { return nil }
        return "\(year < 100 ? 2000 + year : year)-\(month < 10 ? "0" : "")\(month)"
    }

    var ifKnown: Card? { isKnown ? self : nil }
}
