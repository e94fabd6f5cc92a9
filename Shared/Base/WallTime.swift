/// A time of day, in nanoseconds since 1970 (UTC, without leap seconds).
public struct WallTime: Sendable, Hashable, Comparable {
  public var nanosecondsSince1970: Int64

  public init(nanosecondsSince1970: Int64) {
    self.nanosecondsSince1970 = nanosecondsSince1970
  }

  public static func < (left: Self, right: Self) -> Bool {
    left.nanosecondsSince1970 < right.nanosecondsSince1970
  }
}
