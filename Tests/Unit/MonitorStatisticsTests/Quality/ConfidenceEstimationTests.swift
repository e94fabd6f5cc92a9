import Testing

@testable import MonitorStatistics

/// Against NannyML on the data that it ships.
struct ConfidenceEstimationTests {
  private struct Tally: Decodable {
    var scores: Numbers
    var zeros: [Int]
    var ones: [Int]

    var pairs: [(score: Double, mark: Bool)] {
      scores.values.indices.flatMap { place in
        [(score: Double, mark: Bool)](
          repeating: (scores.values[place], false), count: zeros[place])
          + [(score: Double, mark: Bool)](
            repeating: (scores.values[place], true), count: ones[place])
      }
    }
  }

  private struct Chunk: Decodable {
    var scores: Numbers
    var zeros: [Int]
    var ones: [Int]
    var accuracy: Double?
    var precision: Double?
    var recall: Double?
    var f1: Double?
    var rocAuc: Double?

    var predictions: [(score: Double, predicted: Bool)] {
      Tally(scores: scores, zeros: zeros, ones: ones).pairs.map { ($0.score, $0.mark) }
    }
  }

  private struct DataSet: Decodable {
    var name: String
    var reference: Tally
    var chunks: [Chunk]
  }

  @Test func `what is estimated agrees with NannyML within 0.005`() throws {
    let sets: [DataSet] = try Golden.read("cbpe.json")
    #expect(sets.count == 3)
    for data in sets {
      let estimation = ConfidenceEstimation(
        labelled: data.reference.pairs.map { ($0.score, $0.mark) })
      var worst = 0.0
      for (place, chunk) in data.chunks.enumerated() {
        let result = try #require(estimation.estimate(chunk.predictions))
        for (name, ours, theirs) in [
          ("accuracy", result.accuracy, chunk.accuracy),
          ("precision", result.precision, chunk.precision),
          ("recall", result.recall, chunk.recall), ("f1", result.f1, chunk.f1),
          ("auc", result.areaUnderCurve ?? .nan, chunk.rocAuc),
        ] {
          let expected = try #require(theirs, "\(data.name) \(place): \(name)")
          worst = max(worst, abs(ours - expected))
          #expect(abs(ours - expected) <= 0.005, "\(data.name), chunk \(place): \(name) \(ours)")
        }
      }
      print("cbpe: \(data.name), \(data.chunks.count) chunks, at most \(worst) from NannyML")
    }
  }

  @Test func `scores that are good as they are stay as they are`() {
    var random = SeededRandom(seed: 2)
    let good = (0..<5000).map { _ in
      let score = random.unit()
      return (score: score, actual: random.unit() < score)
    }
    let bad = (0..<5000).map { _ in
      let score = random.unit()
      return (score: score, actual: random.unit() < score * score)
    }
    #expect(ConfidenceEstimation(labelled: bad).calibration != nil)
    let estimate = ConfidenceEstimation(labelled: good).estimate([(0.9, true), (0.2, false)])
    #expect(abs((estimate?.accuracy ?? 0) - 0.85) < 0.05)
    #expect(ConfidenceEstimation(labelled: []).estimate([]) == nil)
  }
}
