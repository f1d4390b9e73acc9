/// A partition table in a disk's first sector (MBR). It is at the beginning alone, unlike a GPT, so that an image may be
/// shorter than the disk it is flashed to.
public struct PartitionTable {
    public struct Partition: Equatable, Sendable {
        /// What it holds: 0x0c FAT, 0x83 Linux, 0xef the EFI system partition.
        public var type: UInt8
        /// In sectors of 512 bytes.
        public var start: Int
        public var count: Int
        /// Whether old firmware boots from it.
        public var isActive = false

        public init(type: UInt8, start: Int, count: Int, isActive: Bool = false) {
            self.type = type
            self.start = start
            self.count = count
            self.isActive = isActive
        }
    }

    public static let sectorSize = 512

    public var partitions: [Partition]
    /// What the kernel's PARTUUID begins with.
    public var signature: UInt32

    public init(_ partitions: [Partition], signature: UInt32) {
        self.partitions = partitions
        self.signature = signature
    }

    /// The first sector.
    ///
    /// - Throws: when there are more than four partitions, or two of them overlap.
    public func bytes() throws(BuildError) -> [UInt8] {
        guard partitions.count <= 4 else {
            throw BuildError("A disk has four partitions at most, not \(partitions.count).")
        }
        let ordered = partitions.sorted { $0.start < $1.start }
        for (first, second) in zip(ordered, ordered.dropFirst()) where first.start + first.count > second.start {
            throw BuildError("The partitions at sectors \(first.start) and \(second.start) overlap.")
        }
        var sector = [UInt8](repeating: 0, count: Self.sectorSize)
        sector.put(signature, at: 440)
        for (index, partition) in partitions.enumerated() {
            let place = 446 + 16 * index
            sector[place] = partition.isActive ? 0x80 : 0
            // Cylinders, heads and sectors that mean "see the number": disks have none any more.
            for offset in [1, 5] {
                sector.replaceSubrange(place + offset..<place + offset + 3, with: [0xfe, 0xff, 0xff])
            }
            sector[place + 4] = partition.type
            sector.put(UInt32(partition.start), at: place + 8)
            sector.put(UInt32(partition.count), at: place + 12)
        }
        sector.put(UInt16(0xaa55), at: 510)
        return sector
    }
}

extension [UInt8] {
    /// Writes a number with the lowest byte first.
    mutating func put<Number: FixedWidthInteger>(_ number: Number, at place: Int) {
        for index in 0..<Number.bitWidth / 8 {
            self[place + index] = UInt8(truncatingIfNeeded: number >> Number(8 * index))
        }
    }
}
