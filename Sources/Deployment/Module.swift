// Deployment: see docs/architecture.md
