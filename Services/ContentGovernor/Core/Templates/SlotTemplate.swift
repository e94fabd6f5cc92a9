import Foundation

/// A template that was read: Mustache's variables (`{{name}}`) as its slots, all else locked.
///
/// Mustache's sections, partials, comments and unescaped variables are refused: what a reviewer approved is
/// what appears, with nothing shown or left out by chance.
struct SlotTemplate: Hashable, Sendable {
  struct Slot: Hashable, Sendable {
    let name: String
    let type: SlotType
    /// Bytes of a filling; nil for no limit of its own.
    let bytesMax: Int?
  }

  private enum Part: Hashable, Sendable {
    case locked(String)
    case slot(String, SlotContext)
  }

  let slots: [Slot]
  private let parts: [Part]

  /// - Throws: with the line, and what was expected.
  init(_ body: String, format: TemplateFormat, slots: [Slot]) throws(TemplateFault) {
    self.slots = slots
    var reader = TemplateReader(body)
    var scanner = ContextScanner(format)
    var parts: [Part] = []
    var used: Set<String> = []
    while let piece = try reader.next() {
      switch piece {
      case .text(let text):
        scanner.read(text)
        parts.append(.locked(text))
      case .variable(let name):
        guard let slot = slots.first(where: { $0.name == name }) else {
          throw TemplateFault(line: reader.line, "`\(name)` is no slot: declare it with its type")
        }
        do throws(TemplateFault) {
          let context = try scanner.slot(slot.type)
          parts.append(.slot(name, context))
        } catch {
          throw TemplateFault(line: reader.line, "slot `\(name)`: \(error.message)")
        }
        used.insert(name)
      }
    }
    if let idle = slots.first(where: { !used.contains($0.name) }) {
      throw TemplateFault(line: 0, "slot `\(idle.name)` is declared and stands nowhere")
    }
    try scanner.end()
    self.parts = parts
    if format == .json { try checkJSON() }
  }

  /// The template with its slots filled.
  ///
  /// - Throws: for a slot that nothing fills, and for what is not of its slot's type.
  func filled(with fillings: [String: String]) throws(TemplateFault) -> String {
    for slot in slots {
      guard let filling = fillings[slot.name] else {
        throw TemplateFault(line: 0, "nothing fills slot `\(slot.name)`")
      }
      if let fault = slot.type.fault(filling) {
        throw TemplateFault(line: 0, "what fills slot `\(slot.name)` \(fault)")
      }
      if let most = slot.bytesMax, filling.utf8.count > most {
        throw TemplateFault(
          line: 0, "slot `\(slot.name)` takes \(most) bytes, got \(filling.utf8.count)")
      }
    }
    return parts.reduce(into: "") { result, part in
      switch part {
      case .locked(let text): result += text
      case .slot(let name, let context):
        result += SlotEscape.write(fillings[name] ?? "", in: context)
      }
    }
  }

  private func checkJSON() throws(TemplateFault) {
    let sample = Dictionary(
      uniqueKeysWithValues: slots.map { ($0.name, $0.type == .number ? "0" : "x") })
    let text = parts.reduce(into: "") { result, part in
      switch part {
      case .locked(let text): result += text
      case .slot(let name, _): result += sample[name] ?? ""
      }
    }
    let options: JSONSerialization.ReadingOptions = [.fragmentsAllowed]
    if (try? JSONSerialization.jsonObject(with: Data(text.utf8), options: options)) == nil {
      throw TemplateFault(line: 0, "expected JSON, once the slots are filled")
    }
  }
}
