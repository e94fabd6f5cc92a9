internal import ContentPolicy
internal import Contracts
internal import Foundation

/// A bundle as a folder, or as the governor keeps it.
enum PolicyFolder {
  /// Every file of the folder but hidden ones.
  static func files(in folder: String) throws(ToolError) -> [BundleFile] {
    var files: [BundleFile] = []
    do {
      try read(URL(fileURLWithPath: folder), prefix: "", into: &files)
    } catch let error as ToolError {
      throw error
    } catch {
      throw ToolError(.notFound, "`\(folder)` can't be read: expected a folder with policy.yml")
    }
    return files
  }

  /// - Throws: ``ToolError`` with every fault on a line of its own.
  static func compile(_ files: [BundleFile]) throws(ToolError) -> PolicyBundle {
    do throws(PolicyError) {
      return try PolicyBundle.compile(files)
    } catch {
      throw ToolError(.failed, "the bundle is refused\n\(error)")
    }
  }

  /// A folder, or else a bundle of the governor: `NAME`, `NAME@VERSION` or a digest.
  static func bundle(
    _ reference: String, _ connection: ConnectionOptions
  ) async throws(ToolError) -> [BundleFile] {
    let values = try? URL(fileURLWithPath: reference).resourceValues(forKeys: [.isDirectoryKey])
    if values?.isDirectory == true { return try files(in: reference) }
    let session = try await connection.session()
    let answer = try await session.call(
      Policies.API.fetch, Policies.FetchRequest(bundle: reference))
    return answer.files.map { BundleFile(path: $0.path, content: $0.content) }
  }

  private static func read(_ folder: URL, prefix: String, into files: inout [BundleFile]) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    for name in names.sorted() where !name.hasPrefix(".") {
      let url = folder.appending(path: name)
      let values = try url.resourceValues(forKeys: [
        .isDirectoryKey, .isRegularFileKey, .fileSizeKey,
      ])
      if values.isDirectory == true {
        try read(url, prefix: prefix + name + "/", into: &files)
      } else if values.isRegularFile == true {
        guard files.count < PolicyLimits.bundleFileCountMax,
          (values.fileSize ?? 0) <= PolicyLimits.bundleBytesMax
        else { throw ToolError(.usage, "`\(prefix)\(name)`: the bundle is too large") }
        files.append(
          BundleFile(path: prefix + name, content: [UInt8](try Data(contentsOf: url))))
      }
    }
  }
}
