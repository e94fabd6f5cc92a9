internal import Matching

/// Content as the rules of one check read it.
struct Reading {
  let source: [UInt8]
  let context: CheckContext
  /// What people read of it.
  let text: MappedText
  /// The same folded; `nil` where the text is its own folding but for the case of letters.
  let folded: MappedText?
  /// Markup as it is written, folded; `nil` if it is its own folding.
  let foldedSource: MappedText?
  /// Blocks in the sense of Vale, if any rule asks for them.
  let document: Document?
  let limits: MatchLimits
  let scratch: MatchScratch

  init(
    _ source: [UInt8], context: CheckContext, needsBlocks: Bool, scratch: MatchScratch
  ) {
    self.source = source
    self.context = context
    self.scratch = scratch
    limits = MatchLimits(
      contentByteCount: source.count, matchCountMax: PolicyLimits.findingsPerRuleMax)
    let isPlain = Folding.isPlain(source)
    if context.format == .plain, !needsBlocks {
      document = nil
      text = MappedText(source: source)
    } else {
      let document = Document.read(source, as: context.format)
      self.document = document
      text = document.text
    }
    // Entities make characters of plain source that are not plain.
    folded = isPlain && Folding.isPlain(text.bytes) ? nil : Folding.fold(text.bytes)
    foldedSource = context.format == .plain || isPlain ? nil : Folding.fold(source)
  }

  /// The text that folded patterns are held against.
  var foldedBytes: [UInt8] { folded?.bytes ?? text.bytes }

  /// What the prefilter has to see so that it misses nothing that a rule is held against.
  var scannedTexts: [[UInt8]] {
    var texts = [text.bytes]
    if let folded { texts.append(folded.bytes) }
    if context.format != .plain {
      texts.append(source)
      if let foldedSource { texts.append(foldedSource.bytes) }
    }
    return texts
  }

  var isStable: Bool {
    folded == nil
      || StableCharacters.hold(text.bytes)
        && (context.format == .plain || StableCharacters.hold(source))
  }

  /// Where a part of the folded text stands in the source.
  func source(ofFolded range: Range<Int>) -> Range<Int> {
    text.source(of: folded?.source(of: range) ?? range)
  }

  /// What is written where.
  func quote(_ range: Range<Int>) -> String {
    String(decoding: source[range], as: UTF8.self)
  }
}
