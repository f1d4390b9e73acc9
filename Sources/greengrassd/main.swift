import Linux

Processes.exit(runCommand())
