/// What the governor takes of content at most, so that no caller can cost the others their governor.
enum ContentLimits {
  /// One item's content: copy is text; larger things are referred to.
  static let contentBytesMax = 1 << 20
  /// A comment or a reason.
  static let textBytesMax = 4000
  static let requestKeyBytesMax = 64
  /// Revisions and acts of one item: it is read as a whole.
  static let revisionsMax = 200
  static let actsMax = 2000
  /// People whom one item is about.
  static let subjectsMax = 64
  static let pageMax = 1000
  static let pageDefault = 100
  /// Items that time changes in one turn.
  static let dueMax = 100
  static let deliveriesMax = 10_000

  static let workflowsMax = 1000
  static let stepsMax = 16
  static let rolesMax = 32
  static let peopleMax = 500
  static let placesMax = 100

  static let templateBytesMax = 256 << 10
  static let templatesMax = 1000
  static let slotsMax = 64
  /// A template with all of its slots filled.
  static let filledBytesMax = 4 << 20

  /// Entries that may wait for the log before refused acts are no longer added: knocking must not use up
  /// the room that changes need.
  static let refusalRowsMax = 20_000
}
