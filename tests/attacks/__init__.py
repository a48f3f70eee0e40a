"""The attacks that a dashboard of signals must survive: docs/security.md names each with its tests."""
