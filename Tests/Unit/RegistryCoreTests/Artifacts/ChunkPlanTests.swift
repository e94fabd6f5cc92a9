import Testing

@testable import RegistryCore

struct ChunkPlanTests {
  @Test(arguments: [
    // stored, offset, count, overlap, new; the file has 10 bytes
    (0, 0, 4, 0, 4), (4, 4, 6, 0, 6), (4, 0, 4, 4, 0), (4, 2, 4, 2, 2), (4, 0, 10, 4, 6),
    (10, 6, 4, 4, 0), (10, 10, 0, 0, 0),
  ])
  func splitsAChunk(_ stored: UInt64, _ offset: UInt64, _ count: Int, _ overlap: Int, _ new: Int)
    throws
  {
    let plan = try ChunkPlan(stored: stored, total: 10, offset: offset, count: count)
    #expect(plan.overlapBytes == overlap)
    #expect(plan.newBytes == new)
  }

  @Test(arguments: [
    (UInt64(4), UInt64(5), 1), (4, 4, 7), (4, 4, 0), (4, .max, 1), (0, .max, 0),
  ])
  func refusesAChunk(_ stored: UInt64, _ offset: UInt64, _ count: Int) {
    #expect(throws: RegistryError.self) {
      try ChunkPlan(stored: stored, total: 10, offset: offset, count: count)
    }
  }

  @Test func saysWhereToContinue() {
    #expect(throws: RegistryError.conflict("chunk at offset 9: expected offset 4, continue there"))
    {
      try ChunkPlan(stored: 4, total: 10, offset: 9, count: 1)
    }
  }
}
