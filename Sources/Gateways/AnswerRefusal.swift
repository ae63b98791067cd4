/// Why an answer says nothing that can be believed about what was asked. It never holds what was sent.
package enum AnswerRefusal: Error, Hashable {
    /// The gateway does not know of it (yet): never a failure.
    case notFound
    /// The gateway does not accept who asks.
    case unauthorized
    /// It is not the gateway's own: a page of maintenance, say.
    case unavailable
    /// It cannot be read or is not proved; the text names the place.
    case undecodable(String)
    /// It is proved, but is about another project or shop.
    case foreign
}
