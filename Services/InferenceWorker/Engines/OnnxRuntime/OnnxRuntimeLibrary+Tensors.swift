internal import COnnxRuntime
internal import InferenceWorkerCore

/// Tensors into values of the library and back.
extension OnnxRuntimeLibrary {
  typealias Value = UnsafeMutablePointer<OnnxValue>

  /// A value that reads the tensor's own memory: `memory` must outlive the value's last use by a
  /// run. The library only reads inputs, although its slot takes a mutable pointer.
  func value(
    of tensor: Tensor, over memory: UnsafeBufferPointer<UInt8>
  ) throws(EngineError) -> Value {
    // The library would take the bytes of a string tensor for C++ string objects.
    guard let width = tensor.datatype.byteWidth else { throw Self.unfit(tensor) }
    // It accepts longer memory than the shape needs, and an empty array has no address.
    guard let count = Tensor.elementCount(of: tensor.shape),
      count.multipliedReportingOverflow(by: width) == (memory.count, false)
    else { throw Self.unfit(tensor) }
    let shape = tensor.shape.map(Int64.init)
    // Without elements there may be no memory; the library wants an address that it never reads.
    guard
      let address = unsafe UnsafeMutableRawPointer(mutating: memory.baseAddress)
        ?? UnsafeMutableRawPointer(bitPattern: MemoryLayout<Int64>.alignment)
    else { throw Self.unfit(tensor) }
    return unsafe try table.create(orThrow: Self.unfit(tensor)) { table, value in
      unsafe table.pointee.createTensorOverMemory(
        cpuMemory, address, memory.count, shape, shape.count,
        OnnxElementType.number(of: tensor.datatype), value)
    }
  }

  /// A value with copies of the strings.
  func value(of tensor: Tensor, strings: [[UInt8]]) throws(EngineError) -> Value {
    guard tensor.datatype == .bytes, Tensor.elementCount(of: tensor.shape) == strings.count else {
      throw Self.unfit(tensor)
    }
    let shape = tensor.shape.map(Int64.init)
    let value = unsafe try table.create(orThrow: Self.unfit(tensor)) { table, value in
      unsafe table.pointee.createTensor(
        allocator, shape, shape.count, OnnxElementType.number(of: .bytes), value)
    }
    do throws(EngineError) {
      for (index, string) in strings.enumerated() where !string.isEmpty {
        let element = unsafe try table.create(orThrow: Self.unfit(tensor)) { table, element in
          unsafe table.pointee.resizedStringElement(value, index, string.count, element)
        }
        // Sound: the element has exactly `string.count` bytes.
        unsafe UnsafeMutableRawBufferPointer(start: element, count: string.count)
          .copyBytes(from: string)
      }
    } catch {
      unsafe table.pointee.releaseValue(value)
      throw error
    }
    return unsafe value
  }

  /// Copies a value of the library, which stays the caller's.
  func tensor(named name: String, from value: Value) throws(EngineError) -> Tensor {
    // Made only to be thrown: quoting a name costs about what reading a small tensor does.
    func unreadable() -> EngineError {
      EngineError(.runFailed, "output \(quoted(name)) can't be read")
    }
    let shape = unsafe try table.create(orThrow: unreadable()) { table, shape in
      unsafe table.pointee.tensorShape(value, shape)
    }
    defer { unsafe table.pointee.releaseTensorShape(shape) }
    let number = unsafe try table.read(Int32(0), orThrow: unreadable()) { table, number in
      unsafe table.pointee.elementType(shape, number)
    }
    let rank = unsafe try table.read(0, orThrow: unreadable()) { table, rank in
      unsafe table.pointee.rank(shape, rank)
    }
    var lengths = [Int64](repeating: 0, count: rank)
    unsafe try table.check(table.pointee.dimensions(shape, &lengths, rank), orThrow: unreadable())
    let dimensions = lengths.map(Int.init)
    guard let datatype = OnnxElementType.datatype(of: number),
      let count = Tensor.elementCount(of: dimensions)
    else { throw unreadable() }
    return Tensor(
      name: name, datatype: datatype, shape: dimensions,
      contents: unsafe try contents(of: value, datatype, count: count, unreadable))
  }

  private func contents(
    of value: Value, _ datatype: TensorDataType, count: Int, _ unreadable: () -> EngineError
  ) throws(EngineError) -> Tensor.Contents {
    guard let width = datatype.byteWidth else {
      return unsafe try strings(of: value, count: count, unreadable)
    }
    guard OnnxElementType.isPacked(datatype) else {
      return unsafe try raw(of: value, byteCount: count * width, unreadable)
    }
    guard case .raw(let packed) = unsafe try raw(of: value, byteCount: (count + 1) / 2, unreadable)
    else { throw unreadable() }
    return .raw(
      OnnxElementType.unpacked(packed, count: count, isSigned: datatype == .int4))
  }

  private func raw(
    of value: Value, byteCount: Int, _ unreadable: () -> EngineError
  ) throws(EngineError) -> Tensor.Contents {
    guard byteCount > 0 else { return .raw([]) }
    var memory: UnsafeMutableRawPointer?
    unsafe try table.check(table.pointee.tensorMemory(value, &memory), orThrow: unreadable())
    guard let memory = unsafe memory else { throw unreadable() }
    // Sound: a tensor's memory holds its elements without gaps, and the value outlives the copy.
    return .raw(unsafe [UInt8](UnsafeRawBufferPointer(start: memory, count: byteCount)))
  }

  private func strings(
    of value: Value, count: Int, _ unreadable: () -> EngineError
  ) throws(EngineError) -> Tensor.Contents {
    guard count > 0 else { return .strings([]) }
    let byteCount = unsafe try table.read(0, orThrow: unreadable()) { table, byteCount in
      unsafe table.pointee.stringsByteCount(value, byteCount)
    }
    var offsets = [Int](repeating: 0, count: count)
    var joined = [UInt8](repeating: 0, count: max(byteCount, 1))
    unsafe try table.check(
      table.pointee.stringsContent(value, &joined, byteCount, &offsets, count),
      orThrow: unreadable())
    return .strings(
      (0..<count).map { index in
        let end = index + 1 < count ? offsets[index + 1] : byteCount
        return Array(joined[offsets[index]..<end])
      })
  }

  private static func unfit(_ tensor: Tensor) -> EngineError {
    EngineError(
      .invalidRequest,
      "input \(quoted(tensor.name)) has contents that don't fit its datatype and shape")
  }
}
