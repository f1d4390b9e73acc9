// Group: see docs/architecture.md
