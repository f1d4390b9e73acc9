// Functions: see docs/architecture.md
