import Artifacts
import Foundation
import Testing

extension BootImageCell {
    /// Takes in /boot/next as a seed with one block of /data more each time, until there is room for it.
    private static let fill = #"""
        set -e
        sums() { cd /data/greengrass; find certs config -type f | sort | xargs sha256sum; }
        before=$(sums)
        block=$(stat -f -c %S /data)
        mkdir /data/pads
        for pad in $(seq 200); do head -c $block /dev/zero >/data/pads/$pad; done
        sync
        # Most of it without writing, for which an emulated card needs minutes; ext4 keeps some blocks back.
        fallocate -l $((($(stat -f -c %f /data) - 8000) * block)) /data/full
        dd if=/dev/zero of=/data/fuller bs=$block || true
        sync
        mount -o remount,rw /boot
        mv /boot/next /boot/seed
        for pad in $(seq 200); do
            rm /data/pads/$pad
            sync
            if /usr/lib/appliance/seed >/tmp/said 2>&1; then break; fi
            cat /tmp/said
            grep -q 'Nothing was changed' /tmp/said
            test -f /boot/seed/config.json
            test "$(sums)" = "$before"
        done
        rm -r /data/pads /data/full /data/fuller
        test ! -e /boot/seed
        echo refused $((pad - 1)) times
        """#

    /// Seeds with a folder for a file and a file for a folder, with a name that nothing is made of; one without files.
    private static let differing = #"""
        mount -o remount,rw /boot
        mkdir -p /boot/seed/certs/more/ca.pem && /usr/lib/appliance/seed
        test -d /boot/seed && mount -o remount,rw /boot && rm -r /boot/seed
        test ! -e /greengrass/certs/a && mkdir -p /boot/seed/certs/a && echo a >/boot/seed/certs/more && /usr/lib/appliance/seed
        test -d /boot/seed && test -f /greengrass/certs/more/ca.pem && mount -o remount,rw /boot && rm /boot/seed/certs/more
        test ! -e /greengrass/certs/a && echo a >/boot/seed/group.json && /usr/lib/appliance/seed
        test -f /boot/seed/group.json && mount -o remount,rw /boot && mv /boot/seed/group.json /boot/seed/.hidden
        /usr/lib/appliance/seed && test ! -e /boot/seed && test ! -e /data/seed.new && echo empty
        """#

    @Test(
        "PLAT-01: a seed that /data has no room for changes nothing and stays until there is room; keys are root's alone"
    )
    func seedWithoutRoom() throws {
        try withFlashed { machine, _, folder in
            let next = folder + "/next"
            try FileManager.default.createDirectory(atPath: next + "/certs/more", withIntermediateDirectories: true)
            let configuration = try String(contentsOfFile: folder + "/seed/config.json", encoding: .utf8)
            let files = [
                "config.json": configuration.replacingOccurrences(of: "thing/boot-core", with: "thing/next-core"),
                "certs/more/ca.pem": "-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n",
                "certs/more/key.pem": "-----BEGIN PRIVATE KEY-----\nMII=\n-----END PRIVATE KEY-----\n",
                "certs/more/both.crt":
                    "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n-----BEGIN EC PRIVATE KEY-----\n",
                "certs/more/binary": "\u{0}\u{1}", "certs/more/key.crt": "0\u{1}",
            ]
            for (name, text) in files { try text.write(toFile: "\(next)/\(name)", atomically: true, encoding: .utf8) }
            try Self.fill.write(toFile: folder + "/fill", atomically: true, encoding: .utf8)
            try Self.differing.write(toFile: folder + "/differing", atomically: true, encoding: .utf8)
            for name in ["next", "fill", "differing"] {
                try run("mcopy", "-s", "-n", "-i", machine.disk + "@@1M", "\(folder)/\(name)", "::/" + name)
            }
            try machine.start()
            try machine.waitUntilReady()
            let said = try machine.shell("sh /boot/fill")
            print("boot-image \(machine.architecture): the seed was", said.components(separatedBy: "\n").last ?? "")
            // Each file and folder needs a block of its own.
            #expect(
                said.contains("refused") && said.components(separatedBy: "Nothing was changed").count > 5, "\(said)")
            #expect(try machine.shell("grep -c thing/next-core /greengrass/config/config.json") == "1")
            let modes = try machine.shell("cd /greengrass/certs/more && stat -c '%n %a' *")
            #expect(modes == "binary 600\nboth.crt 600\nca.pem 644\nkey.crt 600\nkey.pem 600")
            let differing = try machine.shell("sh /boot/differing")
            #expect(differing.components(separatedBy: "is a folder in one of").count == 3, "\(differing)")
            #expect(
                differing.contains("/boot/seed/group.json is neither the file") && differing.hasSuffix("empty"),
                "\(differing)")
            try machine.shutDown()
        }
    }
}
