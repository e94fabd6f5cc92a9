import Foundation
import GRDB

extension DatabaseValue {
  /// A BLOB.
  init(bytes: [UInt8]) {
    self = Data(bytes).databaseValue
  }
}

extension Row {
  /// The BLOB in a column; empty when it holds none.
  func bytes(named column: String) -> [UInt8] {
    [UInt8](Data.fromDatabaseValue(self[column]) ?? Data())
  }
}
