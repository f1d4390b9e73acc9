// Sandbox: see docs/architecture.md
