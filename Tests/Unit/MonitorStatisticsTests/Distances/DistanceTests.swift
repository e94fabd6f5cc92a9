import Testing

@testable import MonitorStatistics

/// Against SciPy on random and nasty inputs.
struct DistanceTests {
  private struct Case: Decodable {
    var name: String
    var one: Numbers
    var other: Numbers
    var ks: Double?
    var ksExactP: Double?
    var ksLimitP: Double?
    var wasserstein: Double?
    var edges: Numbers?
    var binsOne: [Int]?
    var binsOther: [Int]?
    var jensenShannon: Double?
    var hellinger: Double?
    var lInfinity: Double?
    var populationStability: Double?
  }

  private struct Table: Decodable {
    var one: [Int]
    var other: [Int]
    var statistic: Double
    var degrees: Int
    var p: Double
  }

  @Test func `every distance agrees with SciPy to 1e-9`() throws {
    let cases: [Case] = try Golden.read("distances.json")
    #expect(cases.count >= 35)
    for golden in cases {
      let (one, other) = (Distribution(golden.one.values), Distribution(golden.other.values))
      let test = KolmogorovSmirnov(one, other)
      #expect(Golden.agree(test?.statistic, golden.ks), "\(golden.name): ks")
      if let exact = golden.ksExactP {
        #expect(Golden.agree(test?.pValue, exact), "\(golden.name): exact p")
      } else {
        #expect(Golden.agree(test?.pValue, golden.ksLimitP), "\(golden.name): limit p")
      }
      let wasserstein = Distance.wasserstein(one, other)
      #expect(Golden.agree(wasserstein, golden.wasserstein), "\(golden.name): wasserstein")
      guard let edges = golden.edges else { continue }
      let bins = FixedBins(of: one)
      #expect(bins.edges == edges.values, "\(golden.name): edges")
      let (a, b) = (bins.counts(of: one), bins.counts(of: other))
      #expect(a == golden.binsOne, "\(golden.name): bins")
      #expect(b == golden.binsOther, "\(golden.name): bins of the other")
      for (name, ours, theirs) in [
        ("js", Distance.jensenShannon(a, b), golden.jensenShannon),
        ("hellinger", Distance.hellinger(a, b), golden.hellinger),
        ("l-infinity", Distance.lInfinity(a, b), golden.lInfinity),
        ("psi", Distance.populationStability(a, b), golden.populationStability),
      ] {
        #expect(Golden.agree(ours, theirs), "\(golden.name): \(name) \(ours ?? .nan)")
      }
    }
  }

  @Test func `the limit of the p-value agrees with SciPy's kolmogorov to 1e-9`() throws {
    let cases: [Case] = try Golden.read("distances.json")
    for golden in cases {
      guard let statistic = golden.ks, let expected = golden.ksLimitP else { continue }
      let (n, m) = (
        Double(golden.one.values.count { $0.isFinite }),
        Double(golden.other.values.count { $0.isFinite })
      )
      let found = KolmogorovSmirnov.limitPValue(statistic * (n * m / (n + m)).squareRoot())
      #expect(Golden.agree(found, expected), "\(golden.name)")
    }
  }

  @Test func `chi-square agrees with SciPy to 1e-9`() throws {
    let tables: [Table] = try Golden.read("chi-squares.json")
    #expect(tables.count >= 14)
    for table in tables {
      let test = try #require(ChiSquare(table.one, table.other))
      #expect(Golden.agree(test.statistic, table.statistic), "\(table.one)")
      #expect(test.degreesOfFreedom == table.degrees, "\(table.one)")
      #expect(Golden.agree(test.pValue, table.p), "\(table.one): \(test.pValue)")
    }
  }

  @Test func `nothing is compared with nothing`() {
    let (none, some) = (Distribution([Double]()), Distribution([1, 2]))
    #expect(KolmogorovSmirnov(none, some) == nil)
    #expect(Distance.wasserstein(some, none) == nil)
    #expect(ChiSquare([0, 0], [1, 2]) == nil)
    #expect(Distance.jensenShannon([0], [3]) == nil)
    #expect(none.quantile(0.5) == nil)
  }

  @Test func `distances are symmetric and zero for equal ones`() throws {
    var random = SeededRandom(seed: 3)
    for seed in 0..<20 {
      let one = Distribution(random.normals(50 + seed))
      let other = Distribution(random.normals(70, 0.5))
      let (there, back) = (KolmogorovSmirnov(one, other), KolmogorovSmirnov(other, one))
      #expect(there == back)
      #expect(
        Golden.agree(Distance.wasserstein(one, other), Distance.wasserstein(other, one)))
      #expect(KolmogorovSmirnov(one, one)?.statistic == 0)
      #expect(KolmogorovSmirnov(one, one)?.pValue == 1)
      #expect(Distance.wasserstein(one, one) == 0)
    }
  }

  @Test func `a value that fills deciles has a bin of its own, so that a constant is seen to move`()
  {
    let bins = FixedBins(of: Distribution([Double](repeating: 5, count: 40)))
    #expect(bins.count == 3)
    #expect(bins.bin(of: 4.9) == 0)
    #expect(bins.bin(of: 5) == 1)
    #expect(bins.bin(of: 5.1) == 2)
    #expect(FixedBins(of: Distribution([Double]())).count == 1)
  }
}
