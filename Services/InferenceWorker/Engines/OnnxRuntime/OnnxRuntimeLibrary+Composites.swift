internal import COnnxRuntime
internal import InferenceWorkerCore

/// Sequences and maps into tensors and back, as `OnnxPlace` says.
extension OnnxRuntimeLibrary {
  // MARK: In

  /// The caller releases it.
  func value(of place: OnnxPlace, parts: [Tensor]) throws(EngineError) -> Value {
    switch place.form {
    case .tensor: throw Self.unfit(place)
    case .sequence:
      return unsafe try gathered(
        try elements(place, values: parts[0], shapes: parts[1]), OnnxValueKind.sequence, place)
    case .map: return unsafe try gathered(parts, OnnxValueKind.map, place)
    case .maps:
      var maps: [[Tensor]] = []
      var start = 0
      for length in Self.integers(parts[2]) {
        guard length >= 0, parts[0].shape == parts[1].shape,
          let keys = Self.slice(parts[0], start, [Int(length)]),
          let values = Self.slice(parts[1], start, [Int(length)])
        else { throw Self.unfit(place) }
        maps.append([keys, values])
        start += Int(length)
      }
      let list = OnnxValueList(count: maps.count, library: self)
      for (index, map) in maps.enumerated() {
        unsafe list.places[index] = try gathered(map, OnnxValueKind.map, place)
      }
      return unsafe try joined(list, OnnxValueKind.sequence, place)
    }
  }

  private func elements(
    _ place: OnnxPlace, values: Tensor, shapes: Tensor
  ) throws(EngineError) -> [Tensor] {
    guard shapes.shape.count == 2, values.shape.count == 1 else { throw Self.unfit(place) }
    let lengths = Self.integers(shapes).map(Int.init)
    let rank = shapes.shape[1]
    var start = 0
    var elements: [Tensor] = []
    for row in 0..<shapes.shape[0] {
      let shape = Array(lengths[(row * rank)..<((row + 1) * rank)].prefix { $0 >= 0 })
      guard let element = Self.slice(values, start, shape) else { throw Self.unfit(place) }
      start += Tensor.elementCount(of: shape) ?? 0
      elements.append(element)
    }
    guard start == values.shape[0] else { throw Self.unfit(place) }
    return elements
  }

  /// A sequence of these tensors, or a map of two of them: the library keeps what it gathers.
  private func gathered(
    _ tensors: [Tensor], _ kind: Int32, _ place: OnnxPlace
  ) throws(EngineError) -> Value {
    let list = OnnxValueList(count: tensors.count, library: self)
    for (index, tensor) in tensors.enumerated() {
      unsafe list.places[index] = try ownedValue(of: tensor)
    }
    return unsafe try joined(list, kind, place)
  }

  private func joined(
    _ list: borrowing OnnxValueList, _ kind: Int32, _ place: OnnxPlace
  ) throws(EngineError) -> Value {
    guard list.count > 0 else {
      throw EngineError(
        .invalidRequest,
        "input \(quoted(place.name)) is empty; ONNX Runtime takes one element or more")
    }
    // Sound: every place of the list holds a value by now.
    let (places, count) = unsafe (list.places, list.count)
    return unsafe try table.create(orThrow: Self.unfit(place)) { table, value in
      unsafe table.pointee.createValue(
        UnsafeRawPointer(places).assumingMemoryBound(to: UnsafePointer<OnnxValue>?.self), count,
        kind, value)
    }
  }

  /// A value with a copy of the tensor's contents.
  func ownedValue(of tensor: Tensor) throws(EngineError) -> Value {
    let bytes: [UInt8]
    switch tensor.contents {
    case .strings(let strings): return unsafe try value(of: tensor, strings: strings)
    case .raw(let raw):
      guard let width = tensor.datatype.byteWidth,
        let count = Tensor.elementCount(of: tensor.shape),
        count.multipliedReportingOverflow(by: width) == (raw.count, false)
      else { throw Self.unfit(OnnxPlace(name: tensor.name, form: .tensor)) }
      bytes = OnnxElementType.isPacked(tensor.datatype) ? OnnxElementType.packed(raw) : raw
    }
    let shape = tensor.shape.map(Int64.init)
    func unfit() -> EngineError { Self.unfit(OnnxPlace(name: tensor.name, form: .tensor)) }
    let value = unsafe try table.create(orThrow: unfit()) { table, value in
      unsafe table.pointee.createTensor(
        allocator, shape, shape.count, OnnxElementType.number(of: tensor.datatype), value)
    }
    guard !bytes.isEmpty else { return unsafe value }
    var memory: UnsafeMutableRawPointer?
    let failure = unsafe table.failure(table.pointee.tensorMemory(value, &memory))
    guard failure == nil, let memory = unsafe memory else {
      unsafe table.pointee.releaseValue(value)
      throw unfit()
    }
    // Sound: there are as many bytes as the shape has elements of that width, or half as many.
    unsafe memory.copyMemory(from: bytes, byteCount: bytes.count)
    return unsafe value
  }

  /// Elements from `start` on as a tensor of that shape; nil if there are not as many.
  private static func slice(_ tensor: Tensor, _ start: Int, _ shape: [Int]) -> Tensor? {
    guard let count = Tensor.elementCount(of: shape), tensor.shape.count == 1,
      count <= tensor.shape[0] - start
    else { return nil }
    var slice = tensor
    slice.shape = shape
    switch tensor.contents {
    case .strings(let strings): slice.contents = .strings(Array(strings[start..<(start + count)]))
    case .raw(let bytes):
      let width = tensor.datatype.byteWidth ?? 1
      slice.contents = .raw(Array(bytes[(start * width)..<((start + count) * width)]))
    }
    return slice
  }

  // MARK: Out

  /// Copies a value of the library, which stays the caller's.
  func tensors(of place: OnnxPlace, from value: Value) throws(EngineError) -> [Tensor] {
    switch place.form {
    case .tensor: return [unsafe try tensor(named: place.name, from: value)]
    case .sequence:
      var elements: [Tensor] = []
      for index in 0..<(unsafe try count(of: value, place)) {
        elements.append(
          unsafe try element(index, of: value, place) { element throws(EngineError) in
            unsafe try tensor(named: place.name, from: element)
          })
      }
      return [Self.joined(elements, place.specs[0]), Self.shapes(of: elements, place.specs[1])]
    case .map: return unsafe try map(value, place)
    case .maps:
      var maps: [[Tensor]] = []
      for index in 0..<(unsafe try count(of: value, place)) {
        maps.append(
          unsafe try element(index, of: value, place) { element throws(EngineError) in
            unsafe try map(element, place)
          })
      }
      return [
        Self.joined(maps.map { $0[0] }, place.specs[0]),
        Self.joined(maps.map { $0[1] }, place.specs[1]),
        Self.integers(maps.map { $0[0].shape[0] }, [maps.count], place.specs[2]),
      ]
    }
  }

  /// Keys and values.
  private func map(_ value: Value, _ place: OnnxPlace) throws(EngineError) -> [Tensor] {
    var parts: [Tensor] = []
    for (index, spec) in place.specs.prefix(2).enumerated() {
      parts.append(
        unsafe try element(index, of: value, place) { part throws(EngineError) in
          unsafe try tensor(named: spec.name, from: part)
        })
    }
    return parts
  }

  private func count(of value: Value, _ place: OnnxPlace) throws(EngineError) -> Int {
    unsafe try table.read(0, orThrow: Self.unreadable(place)) { table, count in
      unsafe table.pointee.valueCount(value, count)
    }
  }

  /// Lends a part of a value to `body`.
  private func element<Result>(
    _ index: Int, of value: Value, _ place: OnnxPlace,
    _ body: (Value) throws(EngineError) -> Result
  ) throws(EngineError) -> Result {
    let element = unsafe try table.create(orThrow: Self.unreadable(place)) { table, element in
      unsafe table.pointee.element(value, Int32(index), allocator, element)
    }
    defer { unsafe table.pointee.releaseValue(element) }
    return unsafe try body(element)
  }

  /// All elements of the tensors, one after the other.
  private static func joined(_ tensors: [Tensor], _ spec: TensorSpec) -> Tensor {
    var (strings, bytes): ([[UInt8]], [UInt8]) = ([], [])
    var count = 0
    for tensor in tensors {
      count += Tensor.elementCount(of: tensor.shape) ?? 0
      switch tensor.contents {
      case .strings(let more): strings += more
      case .raw(let more): bytes += more
      }
    }
    return Tensor(
      name: spec.name, datatype: spec.datatype, shape: [count],
      contents: spec.datatype == .bytes ? .strings(strings) : .raw(bytes))
  }

  private static func shapes(of tensors: [Tensor], _ spec: TensorSpec) -> Tensor {
    let rank = tensors.map(\.shape.count).max() ?? 0
    let rows = tensors.flatMap { tensor in
      tensor.shape + [Int](repeating: -1, count: rank - tensor.shape.count)
    }
    return integers(rows, [tensors.count, rank], spec)
  }

  private static func integers(_ values: [Int], _ shape: [Int], _ spec: TensorSpec) -> Tensor {
    let bytes = values.flatMap { value in
      (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    return Tensor(name: spec.name, datatype: .int64, shape: shape, contents: .raw(bytes))
  }

  private static func integers(_ tensor: Tensor) -> [Int64] {
    guard case .raw(let bytes) = tensor.contents else { return [] }
    return stride(from: 0, to: bytes.count - 7, by: 8).map { start in
      Int64(bitPattern: bytes[start..<(start + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }
  }

  private static func unfit(_ place: OnnxPlace) -> EngineError {
    EngineError(
      .invalidRequest,
      "the tensors \(place.specs.map { quoted($0.name) }.joined(separator: ", ")) of input "
        + "\(quoted(place.name)) don't fit each other")
  }

  private static func unreadable(_ place: OnnxPlace) -> EngineError {
    EngineError(.runFailed, "output \(quoted(place.name)) can't be read")
  }
}
