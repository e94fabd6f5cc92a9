package import NIOCore
internal import NIOPosix

/// The links of a group's event loops. Made once, so that looking one up needs no lock.
package struct EventLoopLinks: Sendable {
  private let links: [ObjectIdentifier: EventLoopLink]

  private init(_ group: any EventLoopGroup) {
    var links: [ObjectIdentifier: EventLoopLink] = [:]
    for eventLoop in group.makeIterator() {
      links[ObjectIdentifier(eventLoop)] = EventLoopLink(eventLoop)
    }
    self.links = links
  }

  /// The process's own event loops, one for each core.
  package static let shared = EventLoopLinks(MultiThreadedEventLoopGroup.singleton)

  /// One of the links.
  package func next() -> EventLoopLink {
    self[MultiThreadedEventLoopGroup.singleton.next()]
  }

  package subscript(eventLoop: any EventLoop) -> EventLoopLink {
    links[ObjectIdentifier(eventLoop)] ?? EventLoopLink(eventLoop)
  }

  package var all: [EventLoopLink] { Array(links.values) }
}
