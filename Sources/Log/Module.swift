// Log: see docs/architecture.md
