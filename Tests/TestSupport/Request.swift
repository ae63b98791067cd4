/// An HTTP request's text.
package func request(
    _ method: String = "POST",
    _ path: String = "/callbacks/ecp",
    _ headers: [String] = [],
    body: String = ""
) -> String {
    let length =
        headers.contains { $0.lowercased().hasPrefix("transfer-encoding") } || method == "GET"
        ? [] : ["Content-Length: \(body.utf8.count)"]
    let type =
        headers.contains { $0.lowercased().hasPrefix("content-type") } || method != "POST"
        ? [] : ["Content-Type: application/json"]
    return (["\(method) \(path) HTTP/1.1", "Host: localhost"] + length + type + headers).joined(separator: "\r\n")
        + "\r\n\r\n" + body
}

/// The head of a callback whose sender asks whether to send the body: the answer shows that the request is under way.
package func headAskingToContinue(before body: String) -> String {
    String(request("POST", "/callbacks/ecp", ["Expect: 100-continue"], body: body).dropLast(body.count))
}
