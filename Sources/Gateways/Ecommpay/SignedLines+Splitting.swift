extension SignedLines {
    /// Text within a line after a `;`, up to the next one: it may have been a line of its own when it was signed.
    private struct Piece {
        /// The position of the `;` before it.
        let separator: Int
        let end: Int
        let line: Line

        var start: Int { separator + 1 }
    }

    /// Whether a key or scalar holds a `;` after which another line could begin: with a known member of the root,
    /// wherever that is, or with any path that could stand there in one of the orders (not only in the one that
    /// verified, because another body with the same text would be tried in all of them).
    ///
    /// Pairs need no check: if several pieces could be lines together, each of them could be one alone.
    var couldBeSplit: Bool {
        guard hasSemicolon else { return false }
        return bytes.withUnsafeBytes { bytes in
            lines.contains { pieces(of: $0, in: bytes).contains { beginsLikeRootMember($0, in: bytes) } }
                || Order.allCases.contains { couldBeSplit(in: $0, bytes) }
        }
    }

    private func couldBeSplit(in order: Order, _ bytes: UnsafeRawBufferPointer) -> Bool {
        let sorted = sorted(by: order)
        return sorted.indices.contains { index in
            let next = index + 1 < sorted.count ? sorted[index + 1] : nil
            return pieces(of: sorted[index], in: bytes).contains { couldStand($0, before: next, in: order, bytes) }
        }
    }

    private func pieces(of line: Line, in bytes: UnsafeRawBufferPointer) -> [Piece] {
        var pieces: [Piece] = []
        var end = line.end
        for index in (line.start..<line.end).reversed() where bytes[index] == UInt8(ascii: ";") {
            pieces.append(Piece(separator: index, end: end, line: line))
            end = index
        }
        return pieces
    }

    private func beginsLikeRootMember(_ piece: Piece, in bytes: UnsafeRawBufferPointer) -> Bool {
        let text = bytes[piece.start..<piece.end]
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return false }
        return Ecommpay.rootMembers.contains(String(decoding: text[..<colon], as: UTF8.self))
    }

    /// Whether a piece could be a line between the text before it in its line and the next line. Where its path ends is
    /// not known, so each colon may be its end.
    private func couldStand(
        _ piece: Piece,
        before next: Line?,
        in order: Order,
        _ bytes: UnsafeRawBufferPointer
    ) -> Bool {
        let colon = UInt8(ascii: ":")
        let colons = (piece.start..<piece.end).lazy.filter { bytes[$0] == colon }
        // In this order: otherwise a text of nothing but semicolons would be searched to its beginning from each of
        // them.
        guard colons.first != nil,
            let lastColonBefore = bytes[piece.line.start..<piece.separator].lastIndex(of: colon)
        else { return false }

        func text(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }
        switch order {
        case .naturalPaths, .bytePaths:
            let compare = order == .naturalPaths ? naturalOrder : byteOrder
            let previous = text(piece.line.start..<min(piece.line.pathEnd, lastColonBefore))
            return colons.contains { end in
                let path = text(piece.start..<end)
                return compare(previous, path) <= 0 && next.map { compare(path, $0.path(in: bytes)) <= 0 } ?? true
            }
        case .byteLines:
            // The piece may extend to the end of the line, and be larger for it.
            return byteOrder(text(piece.line.start..<piece.separator), text(piece.start..<piece.line.end)) <= 0
                && next.map { byteOrder(text(piece.start..<piece.end), $0.whole(in: bytes)) <= 0 } ?? true
        }
    }
}

extension Ecommpay {
    /// Every member that the root of a callback has been seen to have, in any of its forms.
    ///
    /// A shop signs the parameters of its Payment Page with the same key, and shows text and signature to the buyer.
    /// None of these parameters may get into the list (`payment_id`, `payment_amount`, `customer_id`, `customer_phone`,
    /// …): they identify such a text, whatever else somebody made of it.
    ///
    /// All names are ASCII, and no other spelling is canonically equal to one of them: compared as strings they behave
    /// as bytes.
    static let rootMembers: Set<String> = [
        "project_id", "payment", "operation", "operations", "account", "customer", "errors", "description", "signature",
        "recurring", "recurring_retry", "request_id", "receipt_data", "additional_terminal_data", "sum_converted",
        // What the merchant must act upon.
        "acs", "threeds2", "mpi_result", "redirect_data", "redirectData", "redirect", "return_url",
        "clarification_fields", "display_data", "qr_code",
        // Results of checks, and the parties involved.
        "provider_extra_fields", "avs_result", "avs_data", "decision", "decision_message", "bank", "company",
        "terminal", "interface_type", "cashout_data", "received_at", "logger_id", "rrn", "AuthCode", "auth_code",
        // The older form.
        "general", "transaction", "status", "sum_request", "sum_real", "sum_refund",
        // A card that was saved.
        "request", "token", "token_status", "token_created_at", "card",
    ]

    /// The members of the root whose content decides.
    private static let decidingMembers = [
        "payment", "operation", "operations", "general", "transaction", "sum_request", "sum_real",
    ]

    /// Whether the path to an object, with a `:` after it, begins in a member of the root that decides.
    static func isDeciding(_ path: [UInt8]) -> Bool {
        let root = path.prefix { $0 != UInt8(ascii: ":") }
        return root.count < path.count && decidingMembers.contains { root.elementsEqual($0.utf8) }
    }
}
