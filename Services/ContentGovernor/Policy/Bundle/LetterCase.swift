/// Whether a rule tells capitals from small letters.
enum LetterCase: String, CaseIterable {
  case ignore
  case exact
}
