"""Text that comes from programs and people: it is shown as text, and does nothing."""
