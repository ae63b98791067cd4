/// What a template shows. Its stored properties have the names that stand in the template.
package protocol PageView {
    var template: PageTemplate { get }
}

package enum PageTemplate: String, CaseIterable {
    case anomalies
    case home
    case listing
    case payment
    case problem
}
