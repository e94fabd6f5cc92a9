import Foundation
package import GRDB

extension DatabaseValue {
  /// A BLOB.
  package init(bytes: [UInt8]) {
    self = Data(bytes).databaseValue
  }
}

extension Row {
  /// The BLOB in a column; empty when it holds none.
  package func bytes(named column: String) -> [UInt8] {
    [UInt8](Data.fromDatabaseValue(self[column]) ?? Data())
  }
}
