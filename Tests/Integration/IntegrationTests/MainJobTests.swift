import IntegrationSuite
import Testing

extension IntegrationTests {
  /// The steps of `scripts/run`, in their order: each leans on those before it. The first one needs a
  /// network once.
  @Suite(.serialized, .onSuite, .timeLimit(.minutes(15))) struct MainJobTests {
    @Test(arguments: MainJob.steps) func `every step of the main job holds`(step: Step) async throws
    {
      let job = try OnSuite.job
      do {
        let lines = try await step.run(in: job)
        #expect(!lines.isEmpty)
      } catch {
        Issue.record("\(error)\n\(job.suite.logTails())")
      }
    }
  }
}
