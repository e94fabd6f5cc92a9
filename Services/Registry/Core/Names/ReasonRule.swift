/// The rule for the reasons that people give: one short text for the log.
enum ReasonRule {
  static func check(_ reason: String, limits: RegistryLimits) throws(RegistryError) {
    guard reason.utf8.count <= limits.reasonBytesMax else {
      throw .invalid(
        "the reason has \(reason.utf8.count) bytes: expected at most \(limits.reasonBytesMax)")
    }
  }
}
