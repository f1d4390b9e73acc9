// MQTT: see docs/architecture.md
