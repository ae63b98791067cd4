import ArgumentParser
import Sandbox

/// The handler of a shop that the sandbox plays beside its gateways, and how it misbehaves.
struct PluginOptions: ParsableArguments {
    @Option(
        defaultAsFlag: 8091,
        help: ArgumentHelp(
            "Also play a shop's plugin on this port: it checks and remembers what is passed on to it.",
            valueName: "port"
        )
    )
    var withPlugin: Int? = nil

    @Option(help: "Requests that the plugin answers with status 500 (a share, such as 20%).")
    var pluginFail = Share.none

    @Option(help: "Requests that the plugin does not answer for a minute.")
    var pluginHang = Share.none

    @Option(help: "Requests that the plugin answers with status 503 and Retry-After.")
    var pluginBusy = Share.none

    @Option(help: "Requests that the plugin answers after three seconds.")
    var pluginSlow = Share.none

    func validate() throws {
        if let withPlugin, !(1...65_535).contains(withPlugin) {
            throw ValidationError("--with-plugin takes a port, 1 to 65535")
        }
        let hasFaults = PluginMisbehaviour.probabilities.contains { chosen[keyPath: $0.path] > 0 }
        if withPlugin == nil, hasFaults {
            throw ValidationError("--plugin-… says how a plugin misbehaves: add --with-plugin")
        }
    }

    /// The settings of the plugin of a sandbox; nil if none is played.
    func settings(for sandbox: SandboxSettings) -> PluginSettings? {
        guard let withPlugin else { return nil }
        var settings = PluginSettings(accounts: sandbox.accounts, seed: sandbox.seed)
        settings.host = sandbox.host
        settings.port = withPlugin
        settings.remembered = sandbox.remembered
        settings.misbehaviour = chosen
        return settings
    }

    private var chosen: PluginMisbehaviour {
        var misbehaviour = PluginMisbehaviour()
        misbehaviour.fail = pluginFail.value
        misbehaviour.hang = pluginHang.value
        misbehaviour.busy = pluginBusy.value
        misbehaviour.slow = pluginSlow.value
        return misbehaviour
    }
}
