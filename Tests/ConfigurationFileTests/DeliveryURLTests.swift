import ConfigurationFile
import Testing

/// URLs that deliveries go to.
struct DeliveryURLTests {
    @Test(arguments: [
        ("https://app.example/paystate", "app.example:443"),
        ("http://127.0.0.1:8088/?wc-api=ecommpay", "127.0.0.1:8088"),
        ("https://App.Example", "app.example:443"),
        ("http://localhost?a=b", "localhost:80"),
        ("https://[2001:db8::1]:8443/hook", "[2001:db8::1]:8443"),
        ("http://shop/a/b;c=d/~e/%C3%A4@f?g=h&i=j/k?l", "shop:80"),
    ])
    func `a URL is taken as it is written`(text: String, server: String) throws {
        let url = try DeliveryURL(text)
        #expect(url.text == text)
        #expect(url.server.description == server)
        #expect(url.isEncrypted == text.hasPrefix("https://"))
    }

    @Test(arguments: [
        ("https://app.example/paystate", "https://app.example/paystate"),
        ("http://127.0.0.1:8088/?wc-api=ecommpay", "http://127.0.0.1:8088/?wc-api=…"),
        ("https://app.example/a?wc-api=shop&key=hunter2", "https://app.example/a?wc-api=…&key=…"),
        ("https://app.example?key=hunter2=hunter2&&empty=", "https://app.example?key=…&&empty=…"),
        ("https://app.example/?hunter2", "https://app.example/?…"),
        ("https://app.example/?hunter2?key=hunter2", "https://app.example/?hunter2?key=…"),
        ("https://app.example/?", "https://app.example/?"),
    ])
    func `the values of its query are not shown`(text: String, shown: String) throws {
        let url = try DeliveryURL(text)
        #expect(url.shown == shown)
        #expect("\(url)" == shown)
        var everything = String(reflecting: url)
        dump(url, to: &everything)
        #expect(!everything.contains("=hunter2"))
    }

    private static let scheme = "must begin with https:// or http://, such as https://app.example/paystate"
    private static let user = "the URL holds a user or a password, which no delivery sends: remove all up to the @"
    private static let fragment = "the URL has a fragment, which is never sent: remove it from the # on, or write %23"
    private static let letter =
        "the URL holds a space, a control character, a letter beyond ASCII or one of \"<>[\\]^`{|}: "
        + "write each of its bytes as % and two hexadecimal digits, such as %20"
    private static let escape = "a % in the URL begins a byte in two hexadecimal digits: write % itself as %25"
    private static func host(_ port: Int) -> String {
        "the URL needs a host behind its //, a name or an address (IPv6 in [ ]), with :PORT, 1 to 65535, "
            + "if it is not \(port)"
    }

    @Test(arguments: [
        ("app.example/paystate", scheme),
        ("ftp://app.example", scheme),
        ("unix:/run/app.sock", scheme),
        ("HTTPS://app.example", scheme),
        ("https:/app.example", scheme),
        ("https://me:hunter2@app.example/", user),
        ("https://hunter2@app.example", user),
        ("https://@app.example", user),
        ("https://me@app.example@b.example/", user),
        ("https://app.example/#top", fragment),
        ("https://app.example#hunter2@b", fragment),
        ("https://app.example/?a=b#", fragment),
        ("https://app.example/a b", letter),
        ("https://app.example/ä", letter),
        ("https://app.example/?a[]=hunter2", letter),
        ("https://app.example/a\\b", letter),
        ("https://app.example/a\u{7F}", letter),
        ("https://app.example/a\"b", letter),
        ("https://app.example/%", escape),
        ("https://app.example/%2", escape),
        ("https://app.example/?a=%+5", escape),
        ("https://app.example/?a=%２0", letter),
        ("https://", host(443)),
        ("http://", host(80)),
        ("https:///paystate", host(443)),
        ("https://?a=hunter2", host(443)),
        ("https://app.example:0/", host(443)),
        ("https://app.example:65536/", host(443)),
        ("https://app.example:/", host(443)),
        ("http://me:hunter2/x@app.example/", host(80)),
        ("http://::1/", host(80)),
        ("http://[::1/", host(80)),
        ("http://999.1.1.1/", host(80)),
        ("http://my_shop/", host(80)),
        ("http://a..b/", host(80)),
        ("http://a b/", host(80)),
    ])
    func `anything else is refused, and not repeated`(text: String, explanation: String) {
        let error = #expect(throws: InvalidValue.self) { try DeliveryURL(text) }
        #expect(error?.explanation == explanation)
    }
}
