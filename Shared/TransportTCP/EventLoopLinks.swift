package import NIOCore

/// The links of a group's event loops. Made once, so that looking one up needs no lock.
package struct EventLoopLinks: Sendable {
  private let links: [ObjectIdentifier: EventLoopLink]

  package init(_ group: any EventLoopGroup) {
    var links: [ObjectIdentifier: EventLoopLink] = [:]
    for eventLoop in group.makeIterator() {
      links[ObjectIdentifier(eventLoop)] = EventLoopLink(eventLoop)
    }
    self.links = links
  }

  package subscript(eventLoop: any EventLoop) -> EventLoopLink {
    links[ObjectIdentifier(eventLoop)] ?? EventLoopLink(eventLoop)
  }

  package var all: [EventLoopLink] { Array(links.values) }
}
