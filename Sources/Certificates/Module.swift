// Certificates: see docs/architecture.md
