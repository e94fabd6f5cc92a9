/// All that an approval of content is bound to. Whatever of it changes, the approval is void.
///
/// The governor decides by it, and whoever shows content to a person computes its digest again from what is
/// shown, so that a decision is on what was seen.
package struct BoundContent: Hashable, Sendable {
  private static let domain = "slipway content v1\n"

  package var content: [UInt8]
  package var channel: String
  package var locale: String
  package var audience: String
  /// `plain`, `markdown` or `html`.
  package var format: String
  /// Digest of the template's revision; empty for none.
  package var template: [UInt8]
  package var slot: String
  /// `sha256:…` of the policy bundle; empty where none is in force.
  package var bundle: String
  package var workflow: String
  package var workflowRevision: UInt32

  package init(
    content: [UInt8], channel: String, locale: String, audience: String, format: String,
    template: [UInt8], slot: String, bundle: String, workflow: String, workflowRevision: UInt32
  ) {
    self.content = content
    self.channel = channel
    self.locale = locale
    self.audience = audience
    self.format = format
    self.template = template
    self.slot = slot
    self.bundle = bundle
    self.workflow = workflow
    self.workflowRevision = workflowRevision
  }

  /// The one spelling of all of it: each field behind its length, so that none runs into the next.
  package var canonicalBytes: [UInt8] {
    let fields: [[UInt8]] = [
      content, Array(channel.utf8), Array(locale.utf8), Array(audience.utf8), Array(format.utf8),
      template, Array(slot.utf8), Array(bundle.utf8), Array(workflow.utf8),
      Array("\(workflowRevision)".utf8),
    ]
    return fields.reduce(into: Array(Self.domain.utf8)) { bytes, field in
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: field.count >> shift))
      }
      bytes += field
    }
  }

  /// For whoever holds the content: what they looked at.
  package var digest: ContentDigest { ContentDigest(of: canonicalBytes) }
}
