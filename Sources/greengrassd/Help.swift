/// `greengrassd help`.
enum Help {
    static let text = """
        Usage: greengrassd [--root DIR] [-i] COMMAND

        A core without a cloud:
          init [--thing NAME] [--region R] [--account N] [--mqtt-port P] [--daemon-port P]
                              make a root: folders, group CA, certificates, config.json
          init --demo [--cloud HOST:PORT] [the same]
                              a core to play with: also two devices, a group, deployed, and lines to paste; with --cloud
                              a broker there stands in for the cloud
          device add NAME [--key ec|rsa]
                              make a device's key and certificate, print its lines for the group
          deploy FOLDER       check a group folder, then switch to it, whole or not at all

        The daemon:
          start [--foreground] [--demo [--cloud HOST:PORT]]
                              with --demo on what `init --demo` makes, making it where it is missing
          stop
          restart
          status [--json] [--watch]
                              what runs, who is connected, what each subscription carried and lost;
                              with --watch again each second, until Ctrl-C
          trace TOPIC [--from SOURCE] [--json]
                              which subscriptions carry a message on TOPIC, and why the others do not; SOURCE is
                              a device's or function's name, cloud or GGShadowService
          check [--json] [--kernel-config-file FILE]
                              whether this machine can run a core and its functions, with what mends each lack
          check cloud [--json]
                              whether the cloud's MQTT, data and Greengrass endpoints can be reached from here and take
                              the core's certificate; a running core is not disturbed
          --version

        Without a core:
          run-function FOLDER [--event JSON|- | --event-file FILE] [--handler H] [--runtime R] [options]
                              run the function in FOLDER as a core would, without a group, and hand it events: the
                              results on standard output, its logs and what it publishes on standard error;
                              `greengrassd run-function --help` has the options
          broker --port N [--refuse FILTER]... [--tls-cert FILE --tls-key FILE --tls-client-ca FILE [--all-addresses]]
                              an MQTT 3.1.1 server on loopback for any client, until a signal ends it; with TLS also on
                              all addresses

        Options:
          --root DIR          the greengrass-root; the default is the one this program is in, else /greengrass
          -i                  insecure: start although hard and soft links are not protected on this machine

        Exit codes: 0 done, 1 failed (status: no core serves; check: something does not work), 2 the command line is wrong,
        3 trace: nobody would get it.
        """
}
