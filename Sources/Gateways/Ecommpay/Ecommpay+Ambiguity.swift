import LosslessJSON

extension Ecommpay {
    /// Whether a right signature leaves open what was signed, because the signed text escapes nothing: another body may have
    /// the same one.
    ///
    /// No two bodies with the same text say different things of what decides, unless one of them is ambiguous: both have
    /// known members alone at their roots, so each of their lines begins with one of these and a colon. Neither holds such
    /// a beginning behind a `;` within a line, so their texts part into the same lines. A line parts into path and value in
    /// one way only, if what decides is of the right type and no key there holds a colon.
    static func isAmbiguous(_ root: Value, signedAs lines: SignedLines) -> Bool {
        lines.hasStrangeMember || lines.hasColonInDecidingKey || lines.couldBeSplit || namesTwoPayments(root)
    }

    private static func namesTwoPayments(_ root: Value) -> Bool {
        guard let id = root["payment"]?["id"]?.scalar, let other = root["general"]?["payment_id"]?.scalar else {
            return false
        }
        return !id.string.utf8.elementsEqual(other.string.utf8)
    }
}
