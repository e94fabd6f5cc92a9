import ServiceRuntime
import Testing

@Suite struct MachineMemoryTests {
  private static let most = 512 << 20

  @Test(
    arguments: [
      ("MemTotal:       24117248 kB\nMemFree: 1 kB", "max\n", most),
      ("MemTotal:        2097152 kB", "", 256 << 20),
      ("MemTotal:       24117248 kB", "1073741824\n", 128 << 20),
      ("MemTotal:       24117248 kB", "134217728\n", 64 << 20),
      ("", "", most), ("MemTotal: much", "some", most),
    ] as [(String, String, Int)])
  func `what a server holds for its callers is bounded by the machine's memory`(
    memory: String, group: String, expected: Int
  ) {
    #expect(MachineMemory.bounded(Self.most, memory: memory, groupMax: group) == expected)
  }

  @Test func `this machine's memory can be read`() {
    #expect((64 << 20...Self.most).contains(MachineMemory.bounded(Self.most)))
  }
}
