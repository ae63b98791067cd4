import Gateways

/// The table of all keys in docs/configuration.md, made of ``ConfigurationKey/all`` and of the gateways' settings.
package enum ConfigurationReference {
    package static var table: String {
        let head = [
            ["key", "type", "default", "limits", "takes effect by", "meaning"], Array(repeating: "---", count: 6),
        ]
        let keys = ConfigurationKey.all.map { key in
            ["`\(key.name)`", key.type, key.standard, key.allowed, key.effect.rawValue, key.meaning]
        }
        let names = gateways.map { "`\($0.name)`" }.joined(separator: " or ")
        let accounts = [
            [
                "`accounts`", "mapping of names to accounts", "required",
                "names of 1 to 64 of `a-z`, `0-9`, `-`; at least one account", "reload",
                "the name is part of the path `/callbacks/NAME`",
            ],
            [
                "`accounts.NAME.gateway`", "word", "required", names, "reload",
                "a name that has a history cannot move to another gateway",
            ],
            [
                "`accounts.NAME.forward`", "list of targets", "`[]`", "each with `to`, an http or https URL", "reload",
                "[whom its callbacks are forwarded to](#forward), as they came",
            ],
        ]
        let settings = gateways.flatMap { gateway in gateway.settings.map { row($0, of: gateway.name) } }
        return (head + keys + accounts + settings).map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
    }

    private static func row(_ setting: Setting, of gateway: String) -> [String] {
        let (type, allowed) =
            switch setting.kind {
            case .integer: ("number", "0 or more")
            case .secret: ("secret", "")
            case .publicKey: ("secret (it is not one, but is given like one)", "")
            case .secrets: ("list of secrets", "")
            case .url: ("URL", "")
            case .word(let words): ("word", words.map { "`\($0)`" }.joined(separator: ", "))
            }
        let standard = setting.isRequired ? "required" : setting.fallback.map { "`\($0)`" } ?? "none"
        return ["\(gateway): `accounts.NAME.\(setting.name)`", type, standard, allowed, "reload", setting.meaning]
    }
}
