/// Why the public listener cannot be on the sockets that systemd passed.
package enum UnusableSockets: Error, Hashable, CustomStringConvertible {
    case none
    case miscounted
    case doesNotListen(PassedSocket)
    case adminIsPassed(PassedSocket)
    case nobodyWants(PassedSocket)

    package var description: String {
        switch self {
        case .none:
            """
            `listen: systemd`, but systemd passed no socket to this process: start it with its socket unit \
            (systemctl start paystate.socket), or name an address, such as 127.0.0.1:8080
            """
        case .miscounted:
            "$LISTEN_FDS and $LISTEN_FDNAMES do not tell how many sockets were passed: let systemd set them"
        case .doesNotListen(let socket):
            """
            \(socket), which was passed, is no socket that listens: in the socket unit, use ListenStream= with an IPv4, \
            IPv6 or Unix address, and Accept=no
            """
        case .adminIsPassed(let socket):
            """
            \(socket) was passed, but Paystate opens its admin listeners itself: remove it from the socket unit, and name \
            its address under `admin`
            """
        case .nobodyWants(let socket):
            """
            \(socket) was passed beside sockets named `callbacks`, and nobody would answer there: give it \
            FileDescriptorName=callbacks, or remove it
            """
        }
    }
}
