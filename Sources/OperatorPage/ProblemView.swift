/// A page that says why there is no other.
struct ProblemView: PageView {
    let template = PageTemplate.problem
    let heading: String
    let what: String
    let advice: Phrase?

    init(_ heading: String, _ what: String, _ advice: String? = nil) {
        self.heading = heading
        self.what = what
        self.advice = advice.map(Phrase.init)
    }
}
