/// A setting that no gateway can be made from. The explanation goes to the operator and never holds a value.
package struct SettingProblem: Error, Equatable {
    package let setting: String
    /// What is wrong and what would be right, to be read after the setting's name.
    package let explanation: String
}
