"""``signal-lab check``: does an image, or a compose service, stop in time?  A gate for CI; see docs/check.md."""
