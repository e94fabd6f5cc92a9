import ContentPolicy
import Contracts
package import RPC

/// Puts policies behind the methods of `policy.proto`. Who may call what stands in their descriptors.
package struct PolicyAPI: Sendable {
  private let desk: PolicyDesk
  private let report: @Sendable (PolicyFault, CallContext) -> Void

  /// - Parameter report: told of failures that are the governor's own.
  package init(
    _ desk: PolicyDesk, report: @escaping @Sendable (PolicyFault, CallContext) -> Void
  ) {
    self.desk = desk
    self.report = report
  }

  package func register(on router: inout Router) {
    unary(Policies.API.push, on: &router) { [desk] request, context throws(PolicyFault) in
      try await desk.push(request, by: context.actor)
    }
    unary(Policies.API.approve, on: &router) { [desk] request, context throws(PolicyFault) in
      try await desk.approve(request, by: context.actor)
    }
    unary(Policies.API.bind, on: &router) { [desk] request, context throws(PolicyFault) in
      try await desk.bind(request, by: context.actor)
    }
    unary(Policies.API.list, on: &router) { [desk] _, _ throws(PolicyFault) in
      try await desk.list()
    }
    unary(Policies.API.fetch, on: &router) { [desk] request, _ throws(PolicyFault) in
      try await desk.fetch(request.bundle)
    }
    unary(Policies.API.check, on: &router) { [self] request, _ throws(PolicyFault) in
      try await check(request)
    }
  }

  private func check(
    _ request: Policies.CheckRequest
  ) async throws(PolicyFault) -> Policies.Verdict {
    guard let format = request.format.isEmpty ? .plain : ContentFormat(rawValue: request.format)
    else {
      let known = ContentFormat.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
      throw .invalid("expected one of \(known), got `\(request.format.prefix(40))`")
    }
    do {
      let digest: String
      if request.bundle.isEmpty {
        let target = PolicyTarget(
          model: Self.named(request.model), channel: Self.named(request.channel),
          locale: Self.named(request.locale))
        guard let found = try await desk.bundleInForce(for: target) else {
          throw PolicyFault.missing(
            "no policy bundle is in force for this model, channel and locale: name one, or bind one"
          )
        }
        digest = found
      } else {
        digest = try await desk.digest(of: request.bundle)
      }
      let verdict = try await desk.check(
        request.content,
        in: CheckContext(format, channel: request.channel, locale: request.locale),
        against: digest)
      return Policies.Verdict(verdict)
    } catch {
      throw .translating(error)
    }
  }

  private static func named(_ name: String) -> String? { name.isEmpty ? nil : name }

  private func unary<Request, Response>(
    _ method: Method<Request, Response>, on router: inout Router,
    _ verb: @escaping @Sendable (Request, CallContext) async throws(PolicyFault) -> Response
  ) {
    router.unary(method) { [self] request, context throws(RPCError) in
      do throws(PolicyFault) {
        return try await verb(request, context)
      } catch {
        if case .failed = error { report(error, context) }
        throw error.rpcError
      }
    }
  }
}

extension Policies.Verdict {
  init(_ verdict: Verdict) {
    self.init(
      action: verdict.action.rawValue,
      findings: verdict.findings.map { finding in
        Policies.Finding(
          rule: finding.rule, kind: finding.kind, action: finding.action.rawValue,
          byteStart: UInt64(finding.span.bytes.lowerBound),
          byteEnd: UInt64(finding.span.bytes.upperBound),
          characterStart: UInt64(finding.span.characters.lowerBound),
          characterEnd: UInt64(finding.span.characters.upperBound), text: finding.text,
          reason: finding.reason, fix: finding.fix ?? "", hasFix: finding.fix != nil,
          scoreThousandths: UInt32(clamping: finding.scoreThousandths))
      },
      hasRedacted: verdict.redacted != nil, redacted: verdict.redacted ?? [],
      bundleDigest: verdict.bundleDigest, checker: verdict.checker)
  }
}
