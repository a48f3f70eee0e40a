"""The lab itself, without a server: its own hub and journal, and real processes."""
