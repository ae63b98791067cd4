import LosslessJSON

/// A body as indented JSON. Unless it is asked for, what tells of a person, or serves to charge one, is masked.
package struct BodyText {
    /// So much of a body is shown.
    private static let limit = 64 << 10
    /// So much of one text in it.
    private static let longest = 2000
    static let mask = "•••"

    let showsPersonal: Bool

    package init(showsPersonal: Bool) {
        self.showsPersonal = showsPersonal
    }

    package func text(of body: [UInt8]) -> String {
        guard let document = try? Document(body, allowing: [.byteOrderMark, .repeatedKeys]) else {
            // Whatever it is instead of JSON cannot be masked by its members.
            guard showsPersonal else { return "This is not JSON: it is shown with the personal data only." }
            return Self.cut(String(decoding: body.prefix(Self.limit), as: UTF8.self), of: body.count)
        }
        var text = ""
        append(document.root, at: "\n", isPersonal: false, to: &text)
        return Self.cut(text, of: body.count)
    }

    private static func cut(_ text: String, of size: Int) -> String {
        guard text.utf8.count > limit || size > limit else { return text }
        return "\(text.prefix(limit))\n… (\(size) bytes in all)"
    }

    /// - Parameter line: a line break and the indentation.
    private func append(_ value: Value, at line: String, isPersonal: Bool, to text: inout String) {
        guard text.utf8.count <= Self.limit else { return }
        switch value.kind {
        case .object:
            append("{", "}", Array(value.members), at: line, to: &text) { member, inner, text in
                let name = member.key.string
                let key = showsPersonal || !PersonalData.isIn(name) ? name : Self.mask
                text += "\(JSONWriter.string(Self.shortened(key))): "
                append(
                    member.value,
                    at: inner,
                    isPersonal: isPersonal || PersonalData.isNamed(by: name),
                    to: &text
                )
            }
        case .array:
            append("[", "]", Array(value.elements), at: line, to: &text) { element, inner, text in
                append(element, at: inner, isPersonal: isPersonal, to: &text)
            }
        case .string:
            let string = value.text ?? ""
            let isMasked = !showsPersonal && !string.isEmpty && (isPersonal || PersonalData.isIn(string))
            text += JSONWriter.string(isMasked ? Self.mask : Self.shortened(string))
        case .number:
            text += isPersonal && !showsPersonal ? JSONWriter.string(Self.mask) : Self.shortened(value.rawNumber ?? "")
        case .true: text += "true"
        case .false: text += "false"
        case .null: text += "null"
        }
    }

    private func append<Item>(
        _ opening: String,
        _ closing: String,
        _ items: [Item],
        at line: String,
        to text: inout String,
        _ write: (Item, String, inout String) -> Void
    ) {
        guard !items.isEmpty else {
            text += opening + closing
            return
        }
        let inner = line + "  "
        text += opening
        for (index, item) in items.enumerated() {
            guard text.utf8.count <= Self.limit else { break }
            text += index == 0 ? inner : "," + inner
            write(item, inner, &text)
        }
        text += line + closing
    }

    private static func shortened(_ text: String) -> String { text.cut(to: longest) }
}

/// What of a body tells of a person, or serves to charge one, by the names that gateways and shops give it. It is better to
/// mask too much: whoever needs it asks for it.
enum PersonalData {
    /// Words of a name, each of which is enough.
    private static let words: Set<String> = [
        "customer", "client", "buyer", "user", "payer", "sender", "recipient", "beneficiary", "holder", "cardholder",
        "owner",
        "billing", "shipping", "avs", "identify", "recurring", "rebill",
        "firstname", "lastname", "middlename", "surname", "fullname", "patronymic", "birth", "birthdate", "birthday",
        "dob",
        "ssn", "passport", "document", "taxid", "receipt",
        "email", "emails", "mail", "mails", "phone", "phones", "mobile", "msisdn", "tel", "telephone",
        "address", "street", "city", "region", "zip", "postal", "postcode", "post", "ip", "device", "agent",
        "useragent",
        "pan", "iban", "cvv", "cvc", "cavv", "xid", "stamp", "bin", "expiry", "pares", "cres", "secret", "password",
        "token", "tokens", "wallet", "apple", "google", "url",
    ]
    /// Whole names, in lower case and without separators.
    private static let names: Set<String> = [
        "name", "first", "last", "card", "cardid", "cardnumber", "number", "first1", "last4", "expmonth", "expyear",
        "expirymonth",
        "expiryyear", "verificationvalue",
    ]
    private static let parts = ["account", "bankaccount", "iban", "email", "phone", "holder", "token", "ipaddr"]

    static func isNamed(by key: String) -> Bool {
        let words = words(of: key)
        let name = words.joined()
        return names.contains(name) || words.contains { Self.words.contains($0) }
            || parts.contains { name != $0 && (name.hasPrefix($0) || name.hasSuffix($0)) }
    }

    /// The words of a name in lower case, without numbers at their ends: `card_holder`, `cardHolder` and `address1` too.
    private static func words(of key: String) -> [String] {
        var words = [""]
        var wasLower = false
        for letter in key {
            guard letter.isLetter || letter.isNumber else {
                words.append("")
                wasLower = false
                continue
            }
            if letter.isUppercase, wasLower { words.append("") }
            words[words.count - 1] += letter.lowercased()
            wasLower = letter.isLowercase
        }
        return words.filter { !$0.isEmpty }.map { word in
            let stem = word.prefix { !$0.isNumber }
            return stem.isEmpty || stem.count + 1 < word.count ? word : String(stem)
        }
    }

    /// Whether a text holds an e-mail address or a telephone number, whatever its name.
    static func isIn(_ text: String) -> Bool {
        let hasMail = text.split { $0.isWhitespace || "<>()[],;\"".contains($0) }.contains { word in
            guard let at = word.firstIndex(of: "@"), at > word.startIndex else { return false }
            return word[at...].dropFirst().contains(".")
        }
        return hasMail || hasTelephone(text)
    }

    /// A plus sign and nine digits or more, with what stands between digits of telephone numbers.
    private static func hasTelephone(_ text: String) -> Bool {
        text.split(separator: "+", omittingEmptySubsequences: false).dropFirst().contains { rest in
            rest.prefix { $0.isNumber || " -()".contains($0) }.count { $0.isNumber } >= 9
        }
    }
}
