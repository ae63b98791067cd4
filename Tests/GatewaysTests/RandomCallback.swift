import TestSupport

/// Bodies of ecommpay's form whose texts contain lines of other bodies, and every other body that could have the same
/// signed text.
enum RandomCallback {
    private static let pieces = [
        "x", "y", ";", ";", ";", ":", "&amp;", "payment:status:success", "payment:id:2", "payment:sum:amount:5",
        "operation:id:9", "operation:status:success", "operation:type:sale", "customer:id:3", "account:a:1",
        "general:payment_id:4", "general:x:1", "payment_id:5", "customer_phone:6", "project_id:240", "zz:7", "A:8",
        "acs:b:1",
        "transaction:type:payout", "sum_request:amount:7", " ", "::", "payment:", "status:success",
    ]

    static func body(using chance: inout SplitMix) -> Body {
        var members: [Body.Member] = []
        func add(_ key: String, _ value: Body, _ often: Int, _ chance: inout SplitMix) {
            if Int.random(in: 0..<10, using: &chance) < often { members.append(.init(key: key, value: value)) }
        }
        add("project_id", 240, 8, &chance)
        add("payment", payment(using: &chance), 9, &chance)
        add("operation", operation(using: &chance), 6, &chance)
        add("customer", ["id": text(using: &chance), "phone": text(using: &chance)], 6, &chance)
        add("account", ["a": text(using: &chance)], 3, &chance)
        add("general", ["x": text(using: &chance)], 3, &chance)
        add("acs", ["a": text(using: &chance), "c": [text(using: &chance)]], 3, &chance)
        add("request_id", text(using: &chance), 3, &chance)
        add("customer_phone", text(using: &chance), 1, &chance)
        return .object(members)
    }

    private static func payment(using chance: inout SplitMix) -> Body {
        let id: Body = Bool.random(using: &chance) ? "1" : text(using: &chance)
        let status: Body = .string(["success", "decline", "processing"].randomElement(using: &chance) ?? "success")
        let plain: Body = ["id": id, "status": status, "sum": ["amount": 100, "currency": "EUR"]]
        return Bool.random(using: &chance) ? plain.with(["description": text(using: &chance)]) : plain
    }

    private static func operation(using chance: inout SplitMix) -> Body {
        ["id": 1, "type": "sale", "status": "decline", "message": text(using: &chance)]
    }

    private static func text(using chance: inout SplitMix) -> Body {
        let count = Int.random(in: 0...6, using: &chance)
        return .string((0..<count).map { _ in pieces.randomElement(using: &chance) ?? "" }.joined())
    }

    /// Bodies whose lines are the text, split at some of its semicolons: in every way for a short text, in some ways
    /// for a long one.
    static func resplittings(of text: String, using chance: inout SplitMix) -> [Body] {
        let segments = text.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
        let places = segments.count - 1
        let all = places <= 7 ? Array(0..<(1 << places)) : []
        let masks = all.isEmpty ? (0..<128).map { _ in mask(of: segments, using: &chance) } : all
        return masks.compactMap { mask in
            var lines = [segments[0]]
            for (index, segment) in segments.dropFirst().enumerated() {
                if mask & (1 << index) == 0 {
                    lines[lines.count - 1] += ";" + segment
                } else {
                    lines.append(segment)
                }
            }
            return body(of: lines, using: &chance)
        }
    }

    /// Splits mostly where a line could begin.
    private static func mask(of segments: [String], using chance: inout SplitMix) -> Int {
        segments.dropFirst().prefix(60).enumerated().reduce(0) { mask, next in
            let isLikely = next.element.contains(":") && Int.random(in: 0..<6, using: &chance) > 0
            return isLikely ? mask | 1 << next.offset : mask
        }
    }

    /// `nil` if the lines are not those of any body.
    private static func body(of lines: [String], using chance: inout SplitMix) -> Body? {
        var root: Body = [:]
        for line in lines {
            let colons = line.indices.filter { line[$0] == ":" }
            guard !colons.isEmpty else { return nil }
            // A value rarely contains a colon.
            let isPlain = Int.random(in: 0..<8, using: &chance) > 0
            guard let colon = isPlain ? colons.last : colons.randomElement(using: &chance) else { return nil }
            let value = Body.string(String(line[line.index(after: colon)...]))
            guard let next = root.adding(value, at: keys(of: line[..<colon])) else { return nil }
            root = next
        }
        return root
    }

    /// A doubled colon stands for one within a key.
    private static func keys(of path: Substring) -> [String] {
        path.replacing("::", with: "\u{1}").split(separator: ":", omittingEmptySubsequences: false)
            .map { String($0).replacing("\u{1}", with: ":") }
    }
}

extension Body {
    /// `nil` if the place is taken.
    fileprivate func adding(_ value: Body, at keys: [String]) -> Body? {
        guard case .object(var members) = self, let key = keys.first else { return nil }
        let index = members.firstIndex { $0.key.utf8.elementsEqual(key.utf8) }
        let below = index.map { members[$0].value }
        guard keys.count > 1 else {
            return below == nil ? .object(members + [Member(key: key, value: value)]) : nil
        }
        guard let next = (below ?? [:]).adding(value, at: Array(keys.dropFirst())) else { return nil }
        if let index {
            members[index] = Member(key: key, value: next)
        } else {
            members.append(Member(key: key, value: next))
        }
        return .object(members)
    }
}
