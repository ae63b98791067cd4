/// A page that says why there is no other.
package struct ProblemView: PageView {
    package let template = PageTemplate.problem
    let heading: String
    let what: String
    let advice: Phrase?

    package init(_ heading: String, _ what: String, _ advice: String? = nil) {
        self.heading = heading
        self.what = what
        self.advice = advice.map(Phrase.init)
    }
}
