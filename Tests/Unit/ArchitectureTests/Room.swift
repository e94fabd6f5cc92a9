/// One row of the import table: a folder of one target, and the modules that its files may import.
struct Room {
  let target: String
  let path: String
  let imports: Set<String>

  init(_ target: String, at path: String, _ imports: [String]) {
    self.target = target
    self.path = path
    self.imports = Set(imports)
  }
}
