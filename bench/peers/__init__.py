"""What the benches run beside the lab, each in an environment of its own."""
